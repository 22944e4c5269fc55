-- out: k, loss, sample_loss, n_sample, inertia, distortion, silhouette, medoid_silhouette, covered, n_images, promised (sample_loss scaled to all images) of run $run_id, by k
WITH size AS (SELECT max(n_images) AS n_images FROM subset_choice WHERE run_id = $run_id)
SELECT k, loss, sample_loss, n_sample, inertia, distortion, silhouette, medoid_silhouette, covered, size.n_images,
    sample_loss * size.n_images / n_sample AS promised
FROM elbow_point CROSS JOIN size WHERE run_id = $run_id ORDER BY k
