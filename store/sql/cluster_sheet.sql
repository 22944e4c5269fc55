-- out: cluster, image_id, sha256, path, label, labels (of the medoid), n_members (kept ones), mean_distance, mean_cosine, name, by size
WITH named AS (
    SELECT cluster, arg_max(name, named_at) AS name FROM cluster_name WHERE run_id = $run_id GROUP BY cluster
),
counted AS (
    SELECT member.cluster, count(*) AS n_members, avg(member.distance) AS mean_distance, avg(member.cosine) AS mean_cosine
    FROM cluster_member AS member JOIN current_image AS image ON image.id = member.image_id
    WHERE member.run_id = $run_id AND NOT image.missing AND NOT image.removed
    GROUP BY member.cluster
)
SELECT medoid.cluster, image.id AS image_id, image.sha256, image.path, image.label, image.labels,
    coalesce(counted.n_members, 0) AS n_members, counted.mean_distance, counted.mean_cosine, nullif(named.name, '') AS name
FROM medoid
JOIN current_image AS image ON image.id = medoid.image_id
LEFT JOIN counted ON counted.cluster = medoid.cluster
LEFT JOIN named ON named.cluster = medoid.cluster
WHERE medoid.run_id = $run_id
ORDER BY n_members DESC, medoid.cluster
