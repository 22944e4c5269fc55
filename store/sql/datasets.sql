-- name: list_datasets
-- out: id, name, root, task, layout, import_options, source, licence, n_files, created_at, imported_at, n_images
SELECT dataset.*, coalesce(counted.n_images, 0) AS n_images
FROM dataset
LEFT JOIN (SELECT dataset_id, count(*) AS n_images FROM image GROUP BY dataset_id) AS counted ON counted.dataset_id = dataset.id
ORDER BY dataset.name

-- name: insert_dataset
-- out: id
INSERT INTO dataset (id, name, root, task, layout, import_options, source, licence, n_files, created_at)
VALUES (nextval('dataset_ids'), $name, $root, $task, $layout, $import_options, $source, $licence, 0, $created_at)
RETURNING id

-- name: class_names
-- out: index, given_name, name, gone (the source names it no more, and nobody has given it to a picture since)
SELECT index, name AS given_name, coalesce(corrected_name, name) AS name,
    index IN (SELECT gone_class.index FROM gone_class WHERE gone_class.dataset_id = $dataset_id)
    AND index NOT IN (
        SELECT unnest(coalesce(labels_after, [label_after])) FROM standing_decision
        WHERE dataset_id = $dataset_id AND act = 'relabel' AND (label_after IS NOT NULL OR labels_after IS NOT NULL)
    ) AS gone
FROM class_name
WHERE dataset_id = $dataset_id ORDER BY index
