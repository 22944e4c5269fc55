-- out: n images that run $run_id has put into clusters
SELECT count(*) AS n FROM cluster_member WHERE run_id = $run_id
