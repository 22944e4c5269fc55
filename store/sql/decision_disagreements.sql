-- out: image_id, sha256, path, acts: images on which people's last standing acts differ; acts is a list of {id, who, act, label, labels, decided_at}
WITH standing AS (
    SELECT * FROM decision
    WHERE dataset_id = $dataset_id AND act IN ('keep', 'relabel', 'remove', 'restore')
        AND id NOT IN (SELECT undoes FROM decision WHERE undoes IS NOT NULL)
),
last AS (
    SELECT image_id, who, arg_max(CASE act WHEN 'restore' THEN 'keep' ELSE act END, id) AS act,
        arg_max(coalesce(label_after, -1), id) AS label, arg_max(labels_after, id) AS labels,
        max(decided_at) AS decided_at, max(id) AS id
    FROM standing GROUP BY image_id, who
)
SELECT last.image_id, any_value(image.sha256) AS sha256, any_value(image.path) AS path,
    list({'id': last.id, 'who': who, 'act': act, 'label': nullif(label, -1), 'labels': labels, 'decided_at': last.decided_at} ORDER BY last.decided_at)
        AS acts
FROM last JOIN (
    SELECT id, sha256, path FROM image
) AS image ON image.id = last.image_id
GROUP BY last.image_id
HAVING count(DISTINCT (act, label)) > 1
ORDER BY last.image_id
LIMIT $n_rows
