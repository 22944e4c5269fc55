-- out: k, loss, sample_loss, n_sample, inertia, distortion, silhouette, medoid_silhouette, covered of run $run_id, by k
SELECT k, loss, sample_loss, n_sample, inertia, distortion, silhouette, medoid_silhouette, covered
FROM elbow_point WHERE run_id = $run_id ORDER BY k
