-- out: split (null: none), n of the kept images
SELECT image.split, count(*) AS n
FROM current_image AS image
WHERE image.dataset_id = $dataset_id AND NOT image.missing AND NOT image.removed
GROUP BY image.split
ORDER BY image.split
