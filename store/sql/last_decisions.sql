-- out: image_id, who, act, label, labels: the last standing act of each person on each image (restore counts as keep)
WITH standing AS (
    SELECT * FROM decision
    WHERE dataset_id = $dataset_id AND act IN ('keep', 'relabel', 'remove', 'restore')
        AND id NOT IN (SELECT undoes FROM decision WHERE undoes IS NOT NULL)
)
SELECT image_id, who, arg_max(CASE act WHEN 'restore' THEN 'keep' ELSE act END, id) AS act,
    nullif(arg_max(coalesce(label_after, -1), id), -1) AS label, arg_max(coalesce(labels_after, []), id) AS labels
FROM standing
GROUP BY image_id, who
