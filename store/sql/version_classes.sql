-- out: class_index (null: no label), split, n of a version (0: as it stands now)
WITH state AS (FROM version_state($dataset_id, $version_id))
SELECT class_index, split, count(*) AS n
FROM (
    SELECT unnest(held) AS class_index, split FROM state
    UNION ALL
    SELECT NULL, split FROM state WHERE len(held) = 0
)
GROUP BY ALL ORDER BY class_index NULLS LAST, split NULLS FIRST
