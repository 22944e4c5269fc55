-- out: chooser, k, n_images, n_classes, loss, mean_distance, found_mean, sample_mean, n_sample, inertia, distortion, farthest, silhouette, medoid_silhouette, n_silhouette, covered of run $run_id, the least loss first
SELECT chooser, len(pictures) AS k, n_images, n_classes, loss, loss / n_images AS mean_distance,
    found_loss / n_images AS found_mean, sample_loss / n_sample AS sample_mean, n_sample, inertia, distortion, farthest,
    silhouette, medoid_silhouette, n_silhouette, covered
FROM subset_choice WHERE run_id = $run_id ORDER BY loss, chooser
