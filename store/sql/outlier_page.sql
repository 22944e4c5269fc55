-- out: image_id, sha256, path, label, suggested, neighbour_distance, class_distance, any_class_distance, no_name, outlier_distance, outlier_tail of kept images on one side of $threshold; outside the furthest first, inside the nearest to the line first
SELECT image.id AS image_id, image.sha256, image.path, image.label, opinion.suggested, opinion.neighbour_distance,
    opinion.class_distance, opinion.any_class_distance, opinion.no_name, opinion.outlier_distance, opinion.outlier_tail
FROM label_opinion AS opinion JOIN current_image AS image ON image.id = opinion.image_id
WHERE opinion.run_id = $run_id AND image.dataset_id = $dataset_id AND NOT image.missing AND NOT image.removed
    AND ($given IS NULL OR image.label = $given)
    AND CASE WHEN $outside THEN opinion.outlier_distance > $threshold ELSE opinion.outlier_distance <= $threshold END
ORDER BY CASE WHEN $near_line AND $outside THEN opinion.outlier_distance ELSE -opinion.outlier_distance END, image.path
LIMIT $n_rows OFFSET $first
