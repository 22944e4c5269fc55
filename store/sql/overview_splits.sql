-- out: split (null: none), n of the kept images
SELECT image.split, count(*) AS n
FROM image JOIN current_label ON current_label.image_id = image.id
WHERE image.dataset_id = $dataset_id AND current_label.dataset_id = $dataset_id AND NOT image.missing AND NOT current_label.removed
GROUP BY image.split
ORDER BY image.split
