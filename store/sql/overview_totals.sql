-- out: n_images (kept: neither missing nor removed), bytes of the kept, n_missing, n_removed, n_unlabelled, n_relabelled
WITH seen AS (
    SELECT image.bytes, image.missing, image.removed, image.relabelled,
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
    count(*) FILTER (NOT missing AND NOT removed AND relabelled) AS n_relabelled
FROM seen
