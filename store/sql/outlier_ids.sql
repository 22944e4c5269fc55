-- out: image_id of the kept images further out than $threshold, of label $given or any
SELECT opinion.image_id
FROM label_opinion AS opinion JOIN current_image AS image ON image.id = opinion.image_id
WHERE opinion.run_id = $run_id AND image.dataset_id = $dataset_id AND NOT image.missing AND NOT image.removed
    AND opinion.outlier_distance > $threshold AND ($given IS NULL OR image.label = $given)
ORDER BY opinion.image_id
