-- out: image_id, path, sha256, width, height
SELECT id AS image_id, path, sha256, width, height FROM image WHERE dataset_id = $dataset_id AND NOT missing ORDER BY id
