-- out: class_index (null: no label), split (null: none), n of the kept images; an image counts once for each of its labels
WITH counted AS (
    SELECT image.label,
        image.labels,
        image.split, count(*) AS n
    FROM current_image AS image
    WHERE image.dataset_id = $dataset_id AND NOT image.missing AND NOT image.removed
    GROUP BY ALL
)
SELECT class_index, split, sum(n)::BIGINT AS n
FROM (SELECT unnest(CASE WHEN len(labels) > 0 THEN list_distinct(labels) ELSE [label] END) AS class_index, split, n FROM counted)
GROUP BY class_index, split
ORDER BY class_index, split
