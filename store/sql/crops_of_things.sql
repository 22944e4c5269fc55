-- out: image_id of those among $image_ids that are no crop of people: the others are to be blurred whole
SELECT DISTINCT image.id AS image_id
FROM image
JOIN dataset ON dataset.id = image.dataset_id
JOIN run ON run.kind = 'crops' AND json_extract_string(run.parameters, '$.folder') = dataset.root
JOIN crop ON crop.run_id = run.id AND crop.path = image.path
WHERE list_contains($image_ids, image.id) AND NOT list_contains($people, lower(crop.class_name))
