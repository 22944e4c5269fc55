-- out: cluster, class_index (null: no label), n, share (of the cluster's kept members) in run $run_id, the most common first; an image counts once for each label
WITH member AS (
    SELECT cluster_member.cluster, image.label, image.labels
    FROM cluster_member JOIN current_image AS image ON image.id = cluster_member.image_id
    WHERE cluster_member.run_id = $run_id AND NOT image.missing AND NOT image.removed
),
size AS (SELECT cluster, count(*) AS n_members FROM member GROUP BY cluster),
labelled AS (
    SELECT cluster, label AS class_index FROM member WHERE labels IS NULL
    UNION ALL
    SELECT cluster, unnest(list_distinct(labels)) FROM member WHERE labels IS NOT NULL
)
SELECT labelled.cluster, labelled.class_index, count(*) AS n, count(*) / any_value(size.n_members) AS share
FROM labelled JOIN size ON size.cluster = labelled.cluster
GROUP BY labelled.cluster, labelled.class_index ORDER BY labelled.cluster, n DESC, labelled.class_index
