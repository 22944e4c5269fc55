-- out: n_images (kept: neither missing nor removed), bytes of the kept, n_missing, n_removed, n_unlabelled, n_relabelled
SELECT count(*) FILTER (kept) AS n_images,
    coalesce(sum(bytes) FILTER (kept), 0)::BIGINT AS bytes,
    count(*) FILTER (missing) AS n_missing,
    count(*) FILTER (removed AND NOT missing) AS n_removed,
    count(*) FILTER (kept AND label IS NULL AND coalesce(len(labels), 0) = 0) AS n_unlabelled,
    count(*) FILTER (kept AND relabelled) AS n_relabelled
FROM (
    SELECT image.bytes, image.missing, current_label.removed, current_label.label, current_label.labels,
        current_label.relabelled, NOT image.missing AND NOT current_label.removed AS kept
    FROM image JOIN current_label ON current_label.image_id = image.id
    WHERE image.dataset_id = $dataset_id AND current_label.dataset_id = $dataset_id
)
