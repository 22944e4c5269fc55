-- out: image_id of kept images whose label was changed by a decision
SELECT image.id AS image_id
FROM image JOIN current_label ON current_label.image_id = image.id
WHERE image.dataset_id = $dataset_id AND current_label.dataset_id = $dataset_id AND NOT image.missing AND NOT current_label.removed
    AND current_label.relabelled
