-- out: cluster, image_id, sha256, path, label, labels (of the medoid), n_members (kept ones), mean_distance, mean_cosine, majority (class), purity (its share of the labelled members), name, by size
WITH named AS (
    SELECT cluster, arg_max(name, named_at) AS name FROM cluster_name WHERE run_id = $run_id GROUP BY cluster
),
member AS (
    SELECT cluster_member.cluster, cluster_member.distance, cluster_member.cosine,
        coalesce(list_distinct(image.labels), CASE WHEN image.label IS NULL THEN [] ELSE [image.label] END) AS classes
    FROM cluster_member JOIN current_image AS image ON image.id = cluster_member.image_id
    WHERE cluster_member.run_id = $run_id AND NOT image.missing AND NOT image.removed
),
counted AS (
    SELECT cluster, count(*) AS n_members, count(*) FILTER (len(classes) > 0) AS n_labelled,
        avg(distance) AS mean_distance, avg(cosine) AS mean_cosine
    FROM member GROUP BY cluster
),
common AS (
    SELECT cluster, class_index, count(*) AS n
    FROM (SELECT cluster, unnest(classes) AS class_index FROM member)
    GROUP BY cluster, class_index
    QUALIFY row_number() OVER (PARTITION BY cluster ORDER BY n DESC, class_index) = 1
)
SELECT medoid.cluster, image.id AS image_id, image.sha256, image.path, image.label, image.labels,
    coalesce(counted.n_members, 0) AS n_members, counted.mean_distance, counted.mean_cosine,
    common.class_index AS majority, common.n / counted.n_labelled AS purity, nullif(named.name, '') AS name
FROM medoid
JOIN current_image AS image ON image.id = medoid.image_id
LEFT JOIN counted ON counted.cluster = medoid.cluster
LEFT JOIN common ON common.cluster = medoid.cluster
LEFT JOIN named ON named.cluster = medoid.cluster
WHERE medoid.run_id = $run_id
ORDER BY n_members DESC, medoid.cluster
