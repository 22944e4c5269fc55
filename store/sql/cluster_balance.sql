-- out: n_images (kept images), n_without (those among them that are in no cluster of run $run_id), n_failed (left out by the run)
SELECT count(*) AS n_images,
    count(*) FILTER (image.id NOT IN (SELECT image_id FROM cluster_member WHERE run_id = $run_id)) AS n_without,
    (SELECT count(*) FROM run_failure WHERE run_id = $run_id) AS n_failed
FROM image JOIN current_label ON current_label.image_id = image.id
WHERE image.dataset_id = $dataset_id AND NOT image.missing AND NOT current_label.removed
