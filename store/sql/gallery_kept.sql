-- out: image_id of every kept image
SELECT image.id AS image_id
FROM current_image AS image
WHERE image.dataset_id = $dataset_id AND NOT image.missing AND NOT image.removed
