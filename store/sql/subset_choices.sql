-- out: chooser, k, n_images, n_classes, loss, found_loss, sample_loss, n_sample, inertia, distortion, farthest, silhouette, medoid_silhouette, n_silhouette, covered of run $run_id, the least loss first
SELECT chooser, len(pictures) AS k, n_images, n_classes, loss, found_loss, sample_loss, n_sample, inertia, distortion,
    farthest, silhouette, medoid_silhouette, n_silhouette, covered
FROM subset_choice WHERE run_id = $run_id ORDER BY loss, chooser
