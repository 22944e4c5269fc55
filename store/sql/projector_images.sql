-- out: image_id, path, root (of the dataset), sha256, has_thumb, width, height, label, labels, split of the images in chosen (image_id, place), in the
-- order of place
SELECT image.id AS image_id, image.path, dataset.root, image.sha256, image.has_thumb, image.width, image.height, image.label, image.labels, image.split
FROM chosen
JOIN current_image AS image ON image.id = chosen.image_id
JOIN dataset ON dataset.id = image.dataset_id
ORDER BY chosen.place
