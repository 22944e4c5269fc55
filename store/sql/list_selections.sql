-- out: id, dataset_id, name, run_id, who, created_at, n_images of the dataset's saved selections, by name
SELECT selection.id, selection.dataset_id, selection.name, selection.run_id, selection.who, selection.created_at,
    (SELECT count(*) FROM selection_image WHERE selection_id = selection.id) AS n_images
FROM selection
WHERE selection.dataset_id = $dataset_id
ORDER BY lower(selection.name), selection.id
