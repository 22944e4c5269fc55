-- out: image_id, label, predicted, label_share, predicted_share of the evaluation pictures of training run $train_run, in the order asked for
WITH judged AS (
    SELECT item.image_id, item.label, prediction.probabilities[item.label + 1] AS label_share,
        list_position(prediction.probabilities, list_max(prediction.probabilities)) - 1 AS predicted,
        list_max(prediction.probabilities) AS predicted_share
    FROM run_item AS item
    JOIN prediction ON prediction.run_id = item.run_id AND prediction.image_id = item.image_id
    JOIN image ON image.id = item.image_id
    WHERE item.run_id = $train_run AND item.part = 'test' AND image.dataset_id = $dataset_id AND NOT image.missing
        AND ($label IS NULL OR item.label = $label)
)
SELECT image_id, label, predicted, label_share, predicted_share
FROM judged
ORDER BY CASE $order WHEN 'losses' THEN label_share WHEN 'surest' THEN -label_share
    ELSE (hash(image_id, $seed::BIGINT) >> 12)::DOUBLE END NULLS LAST, image_id
LIMIT $n_rows
