-- out: width, height, n of the kept images, the most common first
SELECT image.width, image.height, count(*) AS n
FROM current_image AS image
WHERE image.dataset_id = $dataset_id AND NOT image.missing AND NOT image.removed
GROUP BY image.width, image.height
ORDER BY n DESC, image.width, image.height
