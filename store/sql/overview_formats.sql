-- out: format, mode, n, bytes of the kept images, the most common first
SELECT image.format, image.mode, count(*) AS n, sum(image.bytes)::BIGINT AS bytes
FROM image JOIN current_label ON current_label.image_id = image.id
WHERE image.dataset_id = $dataset_id AND current_label.dataset_id = $dataset_id AND NOT image.missing AND NOT current_label.removed
GROUP BY image.format, image.mode
ORDER BY n DESC, image.format, image.mode
