-- name: bundle_images
-- out: image_id, path, sha256, split, label, labels, given_label, given_labels (before decisions), bytes, missing,
-- removed, relabelled, has_position, has_licence (its own or its dataset's), is_checked (a person kept or gave its label),
-- is_decided (or removed it), is_taken_down of every image of a dataset, by id
WITH decided AS (
    SELECT image_id, bool_or(act IN ('keep', 'relabel')) AS is_checked FROM standing_decision
    WHERE dataset_id = $dataset_id AND act IN ('keep', 'relabel', 'remove') GROUP BY image_id
)
SELECT image.id AS image_id, image.path, image.sha256, image.split, image.label, image.labels, image.given_label, image.given_labels,
    image.bytes, image.missing, image.removed, image.relabelled, coalesce(image.has_position, false) AS has_position,
    said.licence <> '' AS has_licence,
    coalesce(decided.is_checked, false) AS is_checked, decided.image_id IS NOT NULL AS is_decided,
    image.id IN (SELECT image_id FROM taken_down_image) AS is_taken_down
FROM current_image AS image
JOIN image_licence AS said ON said.image_id = image.id
LEFT JOIN decided ON decided.image_id = image.id
WHERE image.dataset_id = $dataset_id
ORDER BY image.id

-- name: bundle_opinions
-- out: image_id, suggested, self_confidence, severity, n_against, n_heard, neighbour_label, copy_label, zero_shot_label,
-- detected_label, is_doubted, is_outlier, is_odd_copy of every image that label check $run_id judged, by id
WITH issue AS (
    SELECT image_id, bool_or(kind = 'label') AS is_doubted, bool_or(kind = 'outlier') AS is_outlier,
        bool_or(kind = 'duplicate') AS is_odd_copy
    FROM label_issue WHERE run_id = $run_id GROUP BY image_id
)
SELECT opinion.image_id, opinion.suggested, opinion.self_confidence, opinion.severity, opinion.n_against, opinion.n_heard,
    opinion.neighbour_label, opinion.copy_label, opinion.zero_shot_label, opinion.detected_label,
    coalesce(issue.is_doubted, false) AS is_doubted, coalesce(issue.is_outlier, false) AS is_outlier,
    coalesce(issue.is_odd_copy, false) AS is_odd_copy
FROM label_opinion AS opinion LEFT JOIN issue ON issue.image_id = opinion.image_id
WHERE opinion.run_id = $run_id
ORDER BY opinion.image_id

-- name: bundle_decisions
-- out: image_id, act, label_before, label_after, reason, batch, who, decided_at, stands (nobody took it back) of the
-- newest $n_rows acts on a dataset, newest first; the acts that take others back are not among them
SELECT decision.image_id, decision.act, coalesce(decision.label_before, decision.labels_before[1]) AS label_before,
    coalesce(decision.label_after, decision.labels_after[1]) AS label_after,
    decision.reason, decision.batch, decision.who, decision.decided_at, standing.id IS NOT NULL AS stands
FROM decision LEFT JOIN standing_decision AS standing ON standing.id = decision.id
WHERE decision.dataset_id = $dataset_id AND decision.act <> 'undo'
ORDER BY decision.id DESC LIMIT $n_rows

-- name: bundle_decision_count
-- out: n of acts on a dataset, without those that take others back
SELECT count(*) AS n FROM decision WHERE dataset_id = $dataset_id AND act <> 'undo'

-- name: bundle_near
-- out: image_id, group_number of the images that duplicates run $run_id put into a group
SELECT image_id, group_number FROM duplicate_group WHERE run_id = $run_id ORDER BY image_id

-- name: bundle_pictures
-- out: image_id, path, sha256, width, height, format, has_thumb of $image_ids of a dataset, in their order
WITH chosen AS (
    SELECT unnest($image_ids::BIGINT[]) AS image_id, generate_subscripts($image_ids::BIGINT[], 1) AS n
)
SELECT chosen.image_id, image.path, image.sha256, image.width, image.height, image.format, image.has_thumb
FROM chosen JOIN image ON image.id = chosen.image_id
WHERE image.dataset_id = $dataset_id
ORDER BY chosen.n
