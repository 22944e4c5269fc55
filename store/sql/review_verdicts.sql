-- out: image_id, wrong: the newest act that stands says that the label run $run_id judged is wrong (another label, or out); kept is right.
-- A copy removed as a duplicate says nothing of its label; what was judged in a blind sample is counted apart.
WITH standing AS (
    SELECT image_id, id, act, label_after FROM decision
    WHERE dataset_id = $dataset_id AND act IN ('keep', 'relabel', 'remove')
        AND id NOT IN (SELECT undoes FROM decision WHERE undoes IS NOT NULL)
        AND coalesce(json_extract_string(evidence, '$.queue'), '') <> 'blind'
        AND NOT (act = 'remove' AND coalesce(json_exists(evidence, '$.group_size'), false))
),
last AS (
    SELECT image_id, arg_max(act, id) AS act, arg_max(coalesce(label_after, -1), id) AS label_after FROM standing GROUP BY image_id
)
SELECT last.image_id, last.act = 'remove' OR (last.act = 'relabel' AND last.label_after <> coalesce(opinion.label, -1)) AS wrong
FROM last JOIN label_opinion AS opinion ON opinion.image_id = last.image_id
WHERE opinion.run_id = $run_id
