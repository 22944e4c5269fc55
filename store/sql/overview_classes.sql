-- out: class_index (null: no label), split (null: none), n of the kept images; an image counts once for each of its labels
-- Only images that decisions touched are looked up in current_label: at a million images three times faster than joining it whole.
WITH changed AS (
    SELECT image_id, label, labels, relabelled, removed FROM current_label
    WHERE dataset_id = $dataset_id AND (relabelled OR removed)
),
counted AS (
    SELECT CASE WHEN changed.relabelled THEN changed.label ELSE image.label END AS label,
        CASE WHEN changed.relabelled THEN changed.labels ELSE image.labels END AS labels,
        image.split, count(*) AS n
    FROM image LEFT JOIN changed ON changed.image_id = image.id
    WHERE image.dataset_id = $dataset_id AND NOT image.missing AND NOT coalesce(changed.removed, false)
    GROUP BY ALL
)
SELECT class_index, split, sum(n)::BIGINT AS n
FROM (SELECT unnest(CASE WHEN len(labels) > 0 THEN list_distinct(labels) ELSE [label] END) AS class_index, split, n FROM counted)
GROUP BY class_index, split
ORDER BY class_index, split
