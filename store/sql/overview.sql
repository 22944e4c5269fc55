-- name: overview_totals
-- out: n_images (kept: neither missing nor removed), bytes of the kept, n_missing, n_removed, n_unlabelled,
-- n_relabelled, n_with_position, n_position_unknown (of the kept)
WITH seen AS (
    SELECT image.bytes, image.missing, image.removed, image.relabelled, image.has_position,
        image.label,
        image.labels
    FROM current_image AS image
    WHERE image.dataset_id = $dataset_id
)
SELECT count(*) FILTER (NOT missing AND NOT removed) AS n_images,
    coalesce(sum(bytes) FILTER (NOT missing AND NOT removed), 0)::BIGINT AS bytes,
    count(*) FILTER (missing) AS n_missing,
    count(*) FILTER (removed AND NOT missing) AS n_removed,
    count(*) FILTER (NOT missing AND NOT removed AND label IS NULL AND coalesce(len(labels), 0) = 0) AS n_unlabelled,
    count(*) FILTER (NOT missing AND NOT removed AND relabelled) AS n_relabelled,
    count(*) FILTER (NOT missing AND NOT removed AND has_position) AS n_with_position,
    count(*) FILTER (NOT missing AND NOT removed AND has_position IS NULL) AS n_position_unknown
FROM seen

-- name: overview_classes
-- out: class_index (null: no label), split (null: none), n of the kept images; an image counts once for each of its
-- labels
WITH counted AS (
    SELECT image.label,
        image.labels,
        image.split, count(*) AS n
    FROM kept_image AS image
    WHERE image.dataset_id = $dataset_id
    GROUP BY ALL
)
SELECT class_index, split, sum(n)::BIGINT AS n
FROM (SELECT unnest(CASE WHEN len(labels) > 0 THEN list_distinct(labels) ELSE [label] END) AS class_index, split, n FROM counted)
GROUP BY class_index, split
ORDER BY class_index, split

-- name: overview_splits
-- out: split (null: none), n of the kept images
SELECT image.split, count(*) AS n
FROM kept_image AS image
WHERE image.dataset_id = $dataset_id
GROUP BY image.split
ORDER BY image.split

-- name: overview_sizes
-- out: width, height, n of the kept images, the most common first
SELECT image.width, image.height, count(*) AS n
FROM kept_image AS image
WHERE image.dataset_id = $dataset_id
GROUP BY image.width, image.height
ORDER BY n DESC, image.width, image.height

-- name: overview_formats
-- out: format, mode, n, bytes of the kept images, the most common first
SELECT image.format, image.mode, count(*) AS n, sum(image.bytes)::BIGINT AS bytes
FROM kept_image AS image
WHERE image.dataset_id = $dataset_id
GROUP BY image.format, image.mode
ORDER BY n DESC, image.format, image.mode

-- name: overview_duplicates
-- out: groups and images of kept images with the same bytes: n_groups, n_images, n_groups_across, n_images_across
-- (more than one split), n_groups_conflicting, n_images_conflicting (more than one label). Unlabelled and split-less
-- images conflict with nothing.
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
    SELECT count(*) AS n, min(split) <> max(split) AS across, min(given) <> max(given) AS conflicting
    FROM labelled GROUP BY sha256 HAVING count(*) > 1
)
SELECT count(*) AS n_groups, coalesce(sum(n), 0)::BIGINT AS n_images,
    count(*) FILTER (across) AS n_groups_across, coalesce(sum(n) FILTER (across), 0)::BIGINT AS n_images_across,
    count(*) FILTER (conflicting) AS n_groups_conflicting, coalesce(sum(n) FILTER (conflicting), 0)::BIGINT AS n_images_conflicting
FROM twins

-- name: overview_problems
-- out: n_failures (files not taken in), n_label_problems
SELECT (SELECT count(*) FROM import_failure WHERE dataset_id = $dataset_id) AS n_failures,
    (SELECT count(*) FROM label_problem WHERE dataset_id = $dataset_id) AS n_label_problems

-- name: overview_unembedded
-- out: n kept images without a vector in this space
SELECT count(*) AS n
FROM kept_image AS image
WHERE image.dataset_id = $dataset_id
    AND image.id NOT IN (SELECT image_id FROM {vector_table})

-- name: overview_stale_runs
-- out: id, kind, model, changed of the newest complete run of each kind and model that read something which has changed
-- since; changed: what. Kinds that read nothing which grows old are left out: older runs of them do not say so
SELECT newest.id, newest.kind, newest.model, list(change.subject ORDER BY change.subject) AS changed
FROM (
    SELECT id, kind, model FROM run WHERE dataset_id = $dataset_id AND complete AND kind NOT IN ('import', 'embed', 'export', 'augment-preview', 'check-submission', 'crops')
    QUALIFY row_number() OVER (PARTITION BY kind, model ORDER BY id DESC) = 1
) AS newest
JOIN run_change AS change ON change.run_id = newest.id
GROUP BY ALL
ORDER BY newest.id

-- name: overview_samples
-- out: class_index, image_id, sha256, path of $n kept images of each of $classes, drawn with $seed
WITH kept AS (
    SELECT image.id, image.label, image.labels
    FROM kept_image AS image
    WHERE image.dataset_id = $dataset_id
),
labelled AS (
    SELECT id, label AS class_index FROM kept WHERE labels IS NULL
    UNION ALL
    SELECT id, unnest(list_distinct(labels)) FROM kept WHERE labels IS NOT NULL
),
drawn AS (
    SELECT class_index, unnest(min_by(id, hash(id, $seed::BIGINT), $n)) AS id
    FROM labelled WHERE list_contains($classes::INTEGER[], class_index) GROUP BY class_index
)
SELECT drawn.class_index, image.id AS image_id, image.sha256, image.path
FROM drawn JOIN image ON image.id = drawn.id
ORDER BY drawn.class_index, hash(image.id, $seed::BIGINT)
