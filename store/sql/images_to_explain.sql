-- out: image_id, path, sha256, width, height, label, predicted, place of up to $each surest and $each furthest pictures of every label in the evaluation set of training run $train_run that run $run_id has not looked at
WITH judged AS (
    SELECT item.image_id, item.label, prediction.probabilities[item.label + 1] AS label_share,
        list_position(prediction.probabilities, list_max(prediction.probabilities)) - 1 AS predicted
    FROM run_item AS item
    JOIN prediction ON prediction.run_id = item.run_id AND prediction.image_id = item.image_id
    WHERE item.run_id = $train_run AND item.part = 'test' AND item.label IS NOT NULL
), ranked AS (
    SELECT judged.*, image.path, image.sha256, image.width, image.height,
        row_number() OVER (PARTITION BY judged.label ORDER BY label_share DESC, image.id) AS from_top,
        row_number() OVER (PARTITION BY judged.label ORDER BY label_share, image.id) AS from_bottom
    FROM judged JOIN image ON image.id = judged.image_id
    WHERE NOT image.missing
)
SELECT image_id, path, sha256, width, height, label, predicted,
    CASE WHEN from_top <= $each THEN 'surest' ELSE 'furthest' END AS place
FROM ranked
WHERE (from_top <= $each OR from_bottom <= $each)
    AND image_id NOT IN (SELECT image_id FROM saliency_map WHERE run_id = $run_id)
    AND image_id NOT IN (SELECT image_id FROM run_failure WHERE run_id = $run_id)
ORDER BY label, from_top
