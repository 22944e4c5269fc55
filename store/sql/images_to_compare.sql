-- out: image_id, sha256, pixel_sha256, phash of the kept images, by image
SELECT id AS image_id, sha256, pixel_sha256, phash FROM current_image
WHERE dataset_id = $dataset_id AND NOT missing AND NOT removed
ORDER BY id
