-- out: nothing; adds the points of the curve over k in incoming (part, cluster: the k, and the columns of elbow_point)
INSERT INTO elbow_point
SELECT $run_id, cluster, medoids, loss, sample_loss, n_sample, inertia, distortion, silhouette, medoid_silhouette, covered
FROM incoming WHERE part = 'elbow'
