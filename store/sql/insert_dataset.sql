-- out: id
INSERT INTO dataset (id, name, root, task, layout, import_options, source, licence, n_files, created_at)
VALUES (nextval('dataset_ids'), $name, $root, $task, $layout, $import_options, $source, $licence, 0, $created_at)
RETURNING id
