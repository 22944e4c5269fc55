-- out: nothing; adds what each way chose, and its worth, from incoming (part and the columns of subset_choice; medoids: the pictures)
INSERT INTO subset_choice
SELECT $run_id, chooser, medoids, n_images, cluster, loss, found_loss, sample_loss, n_sample, inertia, distortion, farthest,
    silhouette, medoid_silhouette, n_silhouette, covered
FROM incoming WHERE part = 'choice'
