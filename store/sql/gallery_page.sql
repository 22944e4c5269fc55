-- out: image_id, sha256, path, split, width, height, label, labels, group_path, n_twins of the images that fit; groups stay together.
-- chosen: as in gallery_count. The sort carries only what it needs; the rest is looked up for the page's rows.
-- Only images that decisions touched are looked up in current_label: at a million images three times faster than joining it whole.
WITH changed AS (
    SELECT image_id, label, labels, relabelled, removed FROM current_label
    WHERE dataset_id = $dataset_id AND (relabelled OR removed)
),
page AS (
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
    ORDER BY place NULLS LAST, coalesce(chosen.group_path, image.path), image.path
    LIMIT $n_rows OFFSET $first
)
SELECT image.id AS image_id, image.sha256, image.path, image.split, image.width, image.height,
    CASE WHEN changed.relabelled THEN changed.label ELSE image.label END AS label,
    CASE WHEN changed.relabelled THEN changed.labels ELSE image.labels END AS labels,
    page.group_path, page.n_twins
FROM page JOIN image ON image.id = page.id LEFT JOIN changed ON changed.image_id = page.id
ORDER BY page.place NULLS LAST, coalesce(page.group_path, page.path), page.path
