-- out: n_failures (files not taken in), n_label_problems
SELECT (SELECT count(*) FROM import_failure WHERE dataset_id = $dataset_id) AS n_failures,
    (SELECT count(*) FROM label_problem WHERE dataset_id = $dataset_id) AS n_label_problems
