-- out: n images that fit; chosen: image_id, group_path, n_twins of the images that fit a check (empty without $only_chosen)
-- Only images that decisions touched are looked up in current_label: at a million images three times faster than joining it whole.
WITH changed AS (
    SELECT image_id, label, labels, relabelled, removed FROM current_label
    WHERE dataset_id = $dataset_id AND (relabelled OR removed)
)
SELECT count(*) AS n
FROM image
LEFT JOIN changed ON changed.image_id = image.id
LEFT JOIN chosen ON chosen.image_id = image.id
WHERE image.dataset_id = $dataset_id
    AND image.missing = $missing AND (image.missing OR coalesce(changed.removed, false) = $removed)
    AND (NOT $only_chosen OR chosen.image_id IS NOT NULL)
    AND ($class_index IS NULL
        OR CASE WHEN changed.relabelled THEN changed.label ELSE image.label END = $class_index
        OR list_contains(CASE WHEN changed.relabelled THEN changed.labels ELSE image.labels END, $class_index))
    AND ($split IS NULL OR coalesce(image.split, '') = $split)
    AND ($name = '' OR contains(lower(image.path), lower($name)))
