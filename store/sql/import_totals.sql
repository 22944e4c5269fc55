-- out: n_images, n_missing, n_failures, n_label_problems, n_exact_groups
SELECT
    (SELECT count(*) FROM image WHERE dataset_id = $dataset_id AND NOT missing) AS n_images,
    (SELECT count(*) FROM image WHERE dataset_id = $dataset_id AND missing) AS n_missing,
    (SELECT count(*) FROM import_failure WHERE dataset_id = $dataset_id) AS n_failures,
    (SELECT count(*) FROM label_problem WHERE dataset_id = $dataset_id) AS n_label_problems,
    (SELECT count(*) FROM (SELECT sha256 FROM image WHERE dataset_id = $dataset_id AND NOT missing GROUP BY sha256 HAVING count(*) > 1)) AS n_exact_groups
