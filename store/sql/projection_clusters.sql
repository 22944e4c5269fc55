-- out: cluster (its name, or "cluster" and its number; null outside) of a run's points, by image, from the newest clusters of its dataset
WITH newest AS (
    SELECT max(run.id) AS run_id FROM run
    WHERE run.kind = 'medoids' AND run.complete AND run.dataset_id = (SELECT dataset_id FROM run WHERE id = $run_id)
        AND run.id IN (SELECT run_id FROM cluster_member)
),
named AS (
    SELECT cluster, nullif(arg_max(name, named_at), '') AS name FROM cluster_name
    WHERE run_id = (SELECT run_id FROM newest) GROUP BY cluster
),
member AS (SELECT image_id, cluster FROM cluster_member WHERE run_id = (SELECT run_id FROM newest))
SELECT coalesce(named.name, 'cluster ' || member.cluster) AS cluster
FROM projection_point
LEFT JOIN member ON member.image_id = projection_point.image_id
LEFT JOIN named ON named.cluster = member.cluster
WHERE projection_point.run_id = $run_id
ORDER BY projection_point.image_id
