-- out: image_id, path, sha256, missing of every image of a dataset as it was imported
SELECT id AS image_id, path, sha256, missing FROM image WHERE dataset_id = $dataset_id ORDER BY path
