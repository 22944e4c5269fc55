-- out: cluster, class_index (null: no label), n of the kept members of run $run_id, the most common first; several labels count once each
WITH member AS (
    SELECT cluster_member.cluster, image.label, image.labels
    FROM cluster_member JOIN current_image AS image ON image.id = cluster_member.image_id
    WHERE cluster_member.run_id = $run_id AND NOT image.missing AND NOT image.removed
),
labelled AS (
    SELECT cluster, label AS class_index FROM member WHERE labels IS NULL
    UNION ALL
    SELECT cluster, unnest(list_distinct(labels)) FROM member WHERE labels IS NOT NULL
)
SELECT cluster, class_index, count(*) AS n FROM labelled GROUP BY cluster, class_index ORDER BY cluster, n DESC, class_index
