-- out: sha256, path, split, label, labels, dataset_id, trust of one point of a run
SELECT image.sha256, image.path, image.split, current_label.label, current_label.labels, image.dataset_id, projection_point.trust
FROM projection_point
JOIN image ON image.id = projection_point.image_id
JOIN current_label ON current_label.image_id = image.id
WHERE projection_point.run_id = $run_id AND projection_point.image_id = $image_id
