-- out: root, path, sha256, format, has_thumb, dataset_id, width, height
SELECT dataset.root, image.path, image.sha256, image.format, image.has_thumb, image.dataset_id, image.width, image.height
FROM image JOIN dataset ON dataset.id = image.dataset_id
WHERE image.id = $image_id
