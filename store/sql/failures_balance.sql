-- out: n_files, n_images, n_missing, n_failures of a dataset; files = images + failures when no import is under way
SELECT
    dataset.n_files,
    (SELECT count(*) FROM image WHERE dataset_id = $dataset_id AND NOT missing) AS n_images,
    (SELECT count(*) FROM image WHERE dataset_id = $dataset_id AND missing) AS n_missing,
    (SELECT count(*) FROM import_failure WHERE dataset_id = $dataset_id) AS n_failures
FROM dataset WHERE dataset.id = $dataset_id
