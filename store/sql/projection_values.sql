-- out: label (the first of several), split, brightness, contrast, sharpness, entropy, trust of a run's points, by image
SELECT coalesce(current_label.label, current_label.labels[1]) AS label, image.split, image.brightness, image.contrast,
    image.sharpness, image.entropy, projection_point.trust
FROM projection_point
LEFT JOIN image ON image.id = projection_point.image_id
LEFT JOIN current_label ON current_label.image_id = projection_point.image_id
WHERE projection_point.run_id = $run_id
ORDER BY projection_point.image_id
