-- out: image_id, sha256, path, label_now, labels_now, removed, act, act_label, who (the newest act that stands) and the columns of
-- label_opinion by run $run_id of $image_ids, in their order
WITH chosen AS (
    SELECT unnest($image_ids::BIGINT[]) AS image_id, generate_subscripts($image_ids::BIGINT[], 1) AS n
),
act AS (
    SELECT image_id, arg_max(act, id) AS act, arg_max(coalesce(label_after, -1), id) AS act_label, arg_max(who, id) AS who
    FROM decision
    WHERE dataset_id = $dataset_id AND act IN ('keep', 'relabel', 'remove', 'restore') AND list_contains($image_ids, image_id)
        AND id NOT IN (SELECT undoes FROM decision WHERE undoes IS NOT NULL)
    GROUP BY image_id
)
SELECT chosen.image_id, image.sha256, image.path, image.label AS label_now, image.labels AS labels_now, image.removed,
    act.act, nullif(act.act_label, -1) AS act_label, act.who, opinion.* EXCLUDE (run_id, image_id)
FROM chosen
JOIN current_image AS image ON image.id = chosen.image_id
LEFT JOIN act ON act.image_id = chosen.image_id
LEFT JOIN (
    SELECT * FROM label_opinion WHERE run_id = $run_id AND list_contains($image_ids, image_id)
) AS opinion ON opinion.image_id = chosen.image_id
WHERE image.dataset_id = $dataset_id
ORDER BY chosen.n
