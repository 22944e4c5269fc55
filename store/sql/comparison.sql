-- name: prediction_counts
-- out: run_id, n (pictures with probabilities) of the dataset's complete runs that predicted classes
SELECT run_id, count(*) AS n FROM prediction
WHERE run_id IN (SELECT id FROM run WHERE dataset_id = $dataset_id AND complete)
GROUP BY run_id

-- name: scored_pictures
-- out: image_id, set_label (when the set was made), given_label, label, removed, is_checked (a person kept or
-- relabelled it), is_doubted (by label check $label_run, and not checked since) of the pictures that runs are scored
-- on, by id
WITH checked AS (
    SELECT DISTINCT image_id FROM standing_decision
    WHERE dataset_id = $dataset_id AND act IN ('keep', 'relabel')
),
doubted AS (
    SELECT DISTINCT image_id FROM label_issue WHERE run_id = $label_run AND kind IN ('label', 'duplicate')
)
SELECT picture.image_id, picture.set_label, image.given_label, image.label, image.removed,
    checked.image_id IS NOT NULL AS is_checked, doubted.image_id IS NOT NULL AND checked.image_id IS NULL AS is_doubted
FROM scored_pictures($dataset_id, $source, $number, $split) AS picture
JOIN current_image AS image ON image.id = picture.image_id
LEFT JOIN checked ON checked.image_id = picture.image_id
LEFT JOIN doubted ON doubted.image_id = picture.image_id
WHERE image.dataset_id = $dataset_id
ORDER BY picture.image_id

-- name: scored_predictions
-- out: image_id, part (what run $run_id used the picture for; null where it kept no such record), probabilities
-- (null without any) of the pictures that runs are scored on, by id
SELECT picture.image_id, item.part, predicted.probabilities
FROM scored_pictures($dataset_id, $source, $number, $split) AS picture
LEFT JOIN (SELECT image_id, part FROM run_item WHERE run_id = $run_id) AS item ON item.image_id = picture.image_id
LEFT JOIN (SELECT image_id, probabilities FROM prediction WHERE run_id = $run_id) AS predicted
    ON predicted.image_id = picture.image_id
ORDER BY picture.image_id

-- name: scored_facts
-- out: image_id, sha256, path, given_label, label, removed of $image_ids, in their order
WITH chosen AS (
    SELECT unnest($image_ids::BIGINT[]) AS image_id, generate_subscripts($image_ids::BIGINT[], 1) AS n
)
SELECT chosen.image_id, image.sha256, image.path, image.given_label, image.label, image.removed
FROM chosen JOIN current_image AS image ON image.id = chosen.image_id
WHERE image.dataset_id = $dataset_id
ORDER BY chosen.n
