-- out: n images that fit; chosen: image_id, group_path, n_twins of the images that fit a check (empty without $only_chosen)
SELECT count(*) AS n
FROM image
JOIN current_label ON current_label.image_id = image.id
LEFT JOIN chosen ON chosen.image_id = image.id
WHERE image.dataset_id = $dataset_id AND current_label.dataset_id = $dataset_id
    AND image.missing = $missing AND (image.missing OR current_label.removed = $removed)
    AND (NOT $only_chosen OR chosen.image_id IS NOT NULL)
    AND ($class_index IS NULL OR current_label.label = $class_index OR list_contains(current_label.labels, $class_index))
    AND ($split IS NULL OR coalesce(image.split, '') = $split)
    AND ($name = '' OR contains(lower(image.path), lower($name)))
