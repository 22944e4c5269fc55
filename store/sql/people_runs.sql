-- out: dataset_id, run_id, classes (indices) of each complete detection that knows people
SELECT run.dataset_id, run.id AS run_id, list(named.class_index ORDER BY named.class_index) AS classes
FROM run
JOIN detected_class AS named ON named.run_id = run.id AND list_contains($people, lower(named.name))
WHERE run.kind = 'detect' AND run.complete
GROUP BY ALL ORDER BY run.id
