-- out: width, height, n of the kept images, the most common first
SELECT image.width, image.height, count(*) AS n
FROM image JOIN current_label ON current_label.image_id = image.id
WHERE image.dataset_id = $dataset_id AND current_label.dataset_id = $dataset_id AND NOT image.missing AND NOT current_label.removed
GROUP BY image.width, image.height
ORDER BY n DESC, image.width, image.height
