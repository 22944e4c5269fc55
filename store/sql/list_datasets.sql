-- out: id, name, root, task, layout, import_options, source, licence, n_files, created_at, imported_at, n_images
SELECT dataset.*, coalesce(counted.n_images, 0) AS n_images
FROM dataset
LEFT JOIN (SELECT dataset_id, count(*) AS n_images FROM image GROUP BY dataset_id) AS counted ON counted.dataset_id = dataset.id
ORDER BY dataset.name
