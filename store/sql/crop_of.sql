-- out: dataset, image_id, class_name, score, x1, y1, x2, y2, detection_run, model of the picture that an image was cut from
SELECT dataset.name AS dataset, crop.image_id, crop.class_name, crop.score, crop.x1, crop.y1, crop.x2, crop.y2,
    crop.detection_run, seen.model
FROM image
JOIN dataset AS mine ON mine.id = image.dataset_id
JOIN run ON run.kind = 'crops' AND json_extract_string(run.parameters, '$.folder') = mine.root
JOIN crop ON crop.run_id = run.id AND crop.path = image.path
JOIN run AS seen ON seen.id = crop.detection_run
JOIN dataset ON dataset.id = run.dataset_id
WHERE image.id = $image_id
