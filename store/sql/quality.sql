-- name: quality_measures
-- out: image_id, brightness, sharpness, entropy, width, height of the kept images, by image
SELECT id AS image_id, brightness, sharpness, entropy, width, height
FROM kept_image
WHERE dataset_id = $dataset_id
ORDER BY id
