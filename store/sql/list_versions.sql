-- out: id, name, note, class_names, n_images, n_left_out, data_generation, validation_run, who, created_at, n_labelled, n_missing, splits
-- (the names, sorted), newest first
SELECT version.id, version.name, version.note, version.class_names, version.n_images, version.n_left_out,
    version.data_generation, version.validation_run, version.who, version.created_at,
    coalesce(item.n_labelled, 0) AS n_labelled, coalesce(item.n_missing, 0) AS n_missing, coalesce(item.splits, []) AS splits
FROM version
LEFT JOIN (
    SELECT version_id, count(*) FILTER (version_item.label IS NOT NULL OR version_item.labels IS NOT NULL) AS n_labelled,
        count(*) FILTER (image.missing) AS n_missing, list_sort(list(DISTINCT version_item.split) FILTER (version_item.split IS NOT NULL)) AS splits
    FROM version_item JOIN image ON image.id = version_item.image_id
    WHERE image.dataset_id = $dataset_id
    GROUP BY version_id
) AS item ON item.version_id = version.id
WHERE version.dataset_id = $dataset_id
ORDER BY version.id DESC
