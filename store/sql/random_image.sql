-- out: image_id of a kept image, drawn by $seed
SELECT id AS image_id FROM current_image WHERE dataset_id = $dataset_id AND NOT missing AND NOT removed
ORDER BY hash(id * 1000003 + $seed) LIMIT 1
