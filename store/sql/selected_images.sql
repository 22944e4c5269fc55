-- out: image_id, sha256, path, split, label, labels, trust of the points of run $run_id among $image_ids, in their order
SELECT image.id AS image_id, image.sha256, image.path, image.split, current_label.label, current_label.labels,
    projection_point.trust
FROM projection_point
JOIN image ON image.id = projection_point.image_id
JOIN current_label ON current_label.image_id = image.id
WHERE projection_point.run_id = $run_id AND image.dataset_id = $dataset_id AND list_contains($image_ids, image.id)
ORDER BY list_position($image_ids, image.id)
