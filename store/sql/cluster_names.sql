-- out: cluster, name (empty: none) that people last gave the clusters of run $run_id, by cluster
SELECT cluster, arg_max(name, named_at) AS name FROM cluster_name WHERE run_id = $run_id GROUP BY cluster ORDER BY cluster
