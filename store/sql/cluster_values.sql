-- out: image_id, cluster of run $run_id
SELECT image_id, cluster FROM cluster_member WHERE run_id = $run_id
