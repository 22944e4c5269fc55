-- name: images_to_explain
-- out: image_id, path, sha256, width, height, label, predicted, place of up to $each surest and $each furthest
-- pictures of every label in the evaluation set of training run $train_run that run $run_id has not looked at
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

-- name: insert_saliency_maps
-- out: nothing
INSERT INTO saliency_map (run_id, image_id, place, role, class_index, label, probability, map, peak, stride, centre_share, border_share,
    box_share, box_area)
SELECT $run_id, image_id, place, role, class_index, label, probability, map, peak, stride, centre_share, border_share,
    box_share, box_area
FROM incoming WHERE map IS NOT NULL

-- name: saliency_sheet
-- out: image_id, sha256, path, width, height, place, role, class_index, label, probability, map, peak, stride,
-- centre_share, border_share, box_share, box_area of the maps of label $label, in order
SELECT map.image_id, image.sha256, image.path, image.width, image.height, map.place, map.role, map.class_index, map.label,
    map.probability, map.map, map.peak, map.stride, map.centre_share, map.border_share, map.box_share, map.box_area
FROM saliency_map AS map JOIN image ON image.id = map.image_id
WHERE map.run_id = $run_id AND map.label = $label AND image.dataset_id = $dataset_id AND NOT image.missing
ORDER BY map.role, map.probability DESC, map.image_id

-- name: saliency_classes
-- out: label, n, n_seen, centre_share, border_share, box_share, box_area, n_boxed: means over the maps of each
-- label's own class in a run
SELECT label, count(*) AS n, count(centre_share) AS n_seen, avg(centre_share) AS centre_share, avg(border_share) AS border_share,
    avg(box_share) AS box_share, avg(box_area) FILTER (WHERE box_share IS NOT NULL) AS box_area, count(box_share) AS n_boxed
FROM saliency_map
WHERE run_id = $run_id AND role = 'label'
GROUP BY label ORDER BY label

-- name: judged_pictures
-- out: image_id, label, predicted, label_share, predicted_share of the evaluation pictures of training run
-- $train_run, in the order asked for
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
