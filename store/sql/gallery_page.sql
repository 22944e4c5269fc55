-- out: image_id, sha256, path, split, width, height, label, labels, group_path, n_twins of the images that fit; groups stay together.
-- chosen: as in gallery_count. The sort carries only what it needs; the rest is looked up for the page's rows.
WITH page AS (
    SELECT image.id, image.path, chosen.group_path, chosen.n_twins,
        CASE $sort
            WHEN 'brightness' THEN image.brightness
            WHEN 'contrast' THEN image.contrast
            WHEN 'sharpness' THEN image.sharpness
            WHEN 'entropy' THEN image.entropy
            WHEN 'size' THEN image.width::DOUBLE * image.height
            WHEN 'bytes' THEN image.bytes
            WHEN 'random' THEN (hash(coalesce(chosen.group_path, image.path), $seed::BIGINT) >> 12)::DOUBLE
        END * $direction AS place
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
    ORDER BY place NULLS LAST, coalesce(chosen.group_path, image.path), image.path
    LIMIT $n_rows OFFSET $first
)
SELECT image.id AS image_id, image.sha256, image.path, image.split, image.width, image.height, image.label, image.labels,
    page.group_path, page.n_twins
FROM page JOIN current_image AS image ON image.id = page.id
ORDER BY page.place NULLS LAST, coalesce(page.group_path, page.path), page.path
