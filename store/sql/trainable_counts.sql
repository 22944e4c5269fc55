-- out: split, n, n_given: labelled pictures of each split as labels are now (removed ones left out), and as imported
SELECT split, count(*) FILTER ((label IS NOT NULL OR labels IS NOT NULL) AND NOT removed) AS n,
    count(*) FILTER (given_label IS NOT NULL OR given_labels IS NOT NULL) AS n_given
FROM current_image WHERE dataset_id = $dataset_id AND NOT missing GROUP BY split ORDER BY split NULLS LAST
