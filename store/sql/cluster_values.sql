-- out: image_id, cluster of run $run_id, by image
SELECT image_id, cluster FROM cluster_member WHERE run_id = $run_id ORDER BY image_id
