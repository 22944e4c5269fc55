-- out: image_id, sha256, path, split, label, labels, trust (null off the map of run $run_id) of the images in chosen (image_id, place),
-- in the order of place
SELECT image.id AS image_id, image.sha256, image.path, image.split, image.label, image.labels, projection_point.trust
FROM chosen
JOIN current_image AS image ON image.id = chosen.image_id
LEFT JOIN projection_point ON projection_point.image_id = chosen.image_id AND projection_point.run_id = $run_id
WHERE image.dataset_id = $dataset_id
ORDER BY chosen.place
