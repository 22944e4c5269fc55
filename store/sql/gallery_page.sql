-- out: image_id, sha256, path, split, width, height, label, labels, group_path, n_twins of the images that fit; groups stay together.
-- chosen: as in gallery_count
SELECT image.id AS image_id, image.sha256, image.path, image.split, image.width, image.height, current_label.label,
    current_label.labels, chosen.group_path, chosen.n_twins
FROM image
JOIN current_label ON current_label.image_id = image.id
LEFT JOIN chosen ON chosen.image_id = image.id
WHERE image.dataset_id = $dataset_id AND current_label.dataset_id = $dataset_id
    AND image.missing = $missing AND (image.missing OR current_label.removed = $removed)
    AND (NOT $only_chosen OR chosen.image_id IS NOT NULL)
    AND ($class_index IS NULL OR current_label.label = $class_index OR list_contains(current_label.labels, $class_index))
    AND ($split IS NULL OR coalesce(image.split, '') = $split)
    AND ($name = '' OR contains(lower(image.path), lower($name)))
ORDER BY CASE $sort
        WHEN 'brightness' THEN image.brightness
        WHEN 'contrast' THEN image.contrast
        WHEN 'sharpness' THEN image.sharpness
        WHEN 'entropy' THEN image.entropy
        WHEN 'size' THEN image.width::DOUBLE * image.height
        WHEN 'bytes' THEN image.bytes
        WHEN 'random' THEN (hash(coalesce(chosen.group_path, image.path), $seed::BIGINT) >> 12)::DOUBLE
    END * $direction NULLS LAST, coalesce(chosen.group_path, image.path), image.path
LIMIT $n_rows OFFSET $first
