-- out: format, mode, n, bytes of the kept images, the most common first
SELECT image.format, image.mode, count(*) AS n, sum(image.bytes)::BIGINT AS bytes
FROM current_image AS image
WHERE image.dataset_id = $dataset_id AND NOT image.missing AND NOT image.removed
GROUP BY image.format, image.mode
ORDER BY n DESC, image.format, image.mode
