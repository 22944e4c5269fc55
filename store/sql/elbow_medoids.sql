-- out: medoids (image ids) that the newest complete run of this space and metric found for $k
SELECT elbow_point.medoids
FROM elbow_point JOIN run ON run.id = elbow_point.run_id
WHERE run.dataset_id = $dataset_id AND run.complete AND run.model = $space AND elbow_point.k = $k
    AND run.parameters ->> '$.metric' = $metric
ORDER BY run.id DESC LIMIT 1
