-- out: path, class, given_class (names; several joined by |), split, width, height, format, bytes, brightness, contrast, sharpness,
-- entropy, sha256, source_url, licence of the images that fit. chosen: as in gallery_count
WITH names AS (
    SELECT map(list(index), list(coalesce(corrected_name, name))) AS name_of FROM class_name WHERE dataset_id = $dataset_id
)
SELECT image.path,
    CASE WHEN image.labels IS NULL THEN name_of[image.label]
        ELSE array_to_string(list_transform(image.labels, lambda index: name_of[index]), '|') END AS class,
    CASE WHEN image.given_labels IS NULL THEN name_of[image.given_label]
        ELSE array_to_string(list_transform(image.given_labels, lambda index: name_of[index]), '|') END AS given_class,
    image.split, image.width, image.height, image.format, image.bytes, image.brightness, image.contrast, image.sharpness,
    image.entropy, image.sha256, image.source_url, image.licence
FROM current_image AS image CROSS JOIN names
LEFT JOIN chosen ON chosen.image_id = image.id
WHERE image.dataset_id = $dataset_id
    AND image.missing = $missing AND (image.missing OR image.removed = $removed)
    AND (NOT $only_chosen OR chosen.image_id IS NOT NULL)
    AND ($class_index IS NULL
        OR image.label = $class_index
        OR list_contains(image.labels, $class_index))
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
