-- out: id, path, changed of each image that is in the file already; changed: its content differs in `incoming`
SELECT image.id, image.path, incoming.code IS NULL AND incoming.sha256 <> image.sha256 AS changed
FROM image JOIN incoming ON incoming.path = image.path
WHERE image.dataset_id = $dataset_id
