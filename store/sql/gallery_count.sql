-- out: n images that fit; chosen: image_id, group_path, n_twins of the images that fit a check (empty without $only_chosen)
SELECT count(*) AS n
FROM current_image AS image
LEFT JOIN chosen ON chosen.image_id = image.id
WHERE image.dataset_id = $dataset_id
    AND image.missing = $missing AND (image.missing OR image.removed = $removed)
    AND (NOT $only_chosen OR chosen.image_id IS NOT NULL)
    AND ($class_index IS NULL
        OR image.label = $class_index
        OR list_contains(image.labels, $class_index))
    AND ($split IS NULL OR coalesce(image.split, '') = $split)
    AND ($name = '' OR contains(lower(image.path), lower($name)))
