-- name: picture_file
-- out: root, path, sha256, format, has_thumb, dataset_id, width, height, rendering; no row for an image that was taken down
SELECT dataset.root, image.path, image.sha256, image.format, image.has_thumb, image.dataset_id, image.width, image.height,
    image.rendering
FROM image JOIN dataset ON dataset.id = image.dataset_id
WHERE image.id = $image_id AND image.id NOT IN (SELECT image_id FROM taken_down_image)

-- name: gallery_duplicates
-- out: image_id, group_path (path of the group's first image), n_twins of kept images whose bytes occur more than
-- once; only groups with more than one split where $across, only groups with more than one label where $conflicting
WITH repeated AS MATERIALIZED (
    SELECT hash(sha256) AS place FROM image WHERE dataset_id = $dataset_id AND NOT missing GROUP BY place HAVING count(*) > 1
),
kept AS (
    SELECT image.id, image.path, image.sha256, image.split, image.label, image.labels
    FROM kept_image AS image
    WHERE image.dataset_id = $dataset_id
        AND hash(image.sha256) IN (SELECT place FROM repeated)
),
labelled AS (
    SELECT id, path, sha256, split,
        CASE WHEN len(labels) > 0 THEN list_sort(list_distinct(labels)) WHEN label IS NOT NULL THEN [label] END AS given
    FROM kept
),
twins AS (
    SELECT sha256, min(path) AS group_path, count(*) AS n_twins
    FROM labelled GROUP BY sha256
    HAVING count(*) > 1 AND (NOT $across OR min(split) <> max(split)) AND (NOT $conflicting OR min(given) <> max(given))
)
SELECT labelled.id AS image_id, twins.group_path, twins.n_twins FROM labelled JOIN twins USING (sha256)

-- name: gallery_kept
-- out: image_id of every kept image
SELECT image.id AS image_id
FROM kept_image AS image
WHERE image.dataset_id = $dataset_id

-- name: gallery_unembedded
-- out: image_id of kept images without a vector in this space
SELECT image.id AS image_id
FROM kept_image AS image
WHERE image.dataset_id = $dataset_id
    AND image.id NOT IN (SELECT image_id FROM {vector_table})

-- name: gallery_count
-- out: n images that fit; chosen: image_id, group_path, n_twins of the images that fit a check (empty without
-- $only_chosen)
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

-- name: gallery_page
-- out: image_id, sha256, path, split, width, height, label, labels, group_path, n_twins of the images that fit;
-- groups stay together. chosen: as in gallery_count. The sort carries only what it needs; the rest is looked up for
-- the page's rows.
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

-- name: gallery_export
-- out: path, class, given_class (names; several joined by |), split, width, height, format, bytes, brightness,
-- contrast, sharpness, entropy, sha256, source_url, source, licence of the images that fit. chosen: as in gallery_count
WITH names AS (
    SELECT map(list(index), list(coalesce(corrected_name, name))) AS name_of FROM class_name WHERE dataset_id = $dataset_id
)
SELECT image.path,
    CASE WHEN image.labels IS NULL THEN name_of[image.label]
        ELSE array_to_string(list_transform(image.labels, lambda index: name_of[index]), '|') END AS class,
    CASE WHEN image.given_labels IS NULL THEN name_of[image.given_label]
        ELSE array_to_string(list_transform(image.given_labels, lambda index: name_of[index]), '|') END AS given_class,
    image.split, image.width, image.height, image.format, image.bytes, image.brightness, image.contrast, image.sharpness,
    image.entropy, image.sha256, image.source_url, image.source, image.licence
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

-- name: image_facts
-- out: image_id, path, sha256, label, labels, given_label, given_labels, relabelled, removed, missing, split, width,
-- height, bytes, format, mode, n_frames, rendering, brightness, contrast, sharpness, entropy, source_url, source, licence,
-- run_id, imported_at, code_version of that run
SELECT image.id AS image_id, image.path, image.sha256, current_label.label, current_label.labels, image.label AS given_label,
    image.labels AS given_labels, current_label.relabelled, current_label.removed, image.missing, image.split, image.width,
    image.height, image.bytes, image.format, image.mode, image.n_frames, image.rendering, image.brightness, image.contrast,
    image.sharpness, image.entropy, image.source_url, image.source, image.licence, image.run_id, image.imported_at, run.code_version
FROM image
JOIN current_label ON current_label.image_id = image.id
LEFT JOIN run ON run.id = image.run_id
WHERE image.id = $image_id AND current_label.image_id = $image_id AND image.dataset_id = $dataset_id

-- name: image_twins
-- out: image_id, sha256, path, label, labels, split, n_twins (of all) of the first $n_rows other kept images with
-- the same bytes, by path
SELECT image.id AS image_id, image.sha256, image.path, image.label, image.labels, image.split,
    count(*) OVER () AS n_twins
FROM kept_image AS image
WHERE image.dataset_id = $dataset_id AND image.sha256 = $sha256 AND image.id <> $image_id
ORDER BY image.path
LIMIT $n_rows

-- name: gallery_relabelled
-- out: image_id of kept images whose label was changed by a decision
SELECT image.id AS image_id
FROM kept_image AS image
WHERE image.dataset_id = $dataset_id AND image.relabelled

-- name: gallery_unlabelled
-- out: image_id of kept images without a label
SELECT image.id AS image_id
FROM kept_image AS image
WHERE image.dataset_id = $dataset_id
    AND image.label IS NULL
    AND coalesce(len(image.labels), 0) = 0
