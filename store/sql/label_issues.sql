-- name: images_to_judge
-- out: image_id, path, label, pixel_sha256, phash of the kept images with a vector in this space that run $run_id
-- has not judged yet
SELECT vectors.image_id, image.path, image.label, image.pixel_sha256, image.phash
FROM {vector_table} AS vectors
JOIN kept_image AS image ON image.id = vectors.image_id
WHERE image.dataset_id = $dataset_id
    AND vectors.image_id NOT IN (SELECT image_id FROM label_opinion WHERE run_id = $run_id)
    AND vectors.image_id NOT IN (SELECT image_id FROM run_failure WHERE run_id = $run_id)
ORDER BY vectors.image_id

-- name: read_predictions
-- out: image_id, fold, probabilities of run $run_id, if it was over dataset $dataset_id and out of fold
SELECT prediction.image_id, prediction.fold, prediction.probabilities
FROM prediction JOIN run ON run.id = prediction.run_id
WHERE prediction.run_id = $run_id AND run.dataset_id = $dataset_id AND run.out_of_fold
ORDER BY prediction.image_id

-- name: insert_label_issues
-- out: nothing
INSERT INTO label_issue (run_id, image_id, kind, score, suggested)
SELECT $run_id, image_id, 'label', severity, suggested FROM incoming WHERE label_issue
UNION ALL
SELECT $run_id, image_id, 'outlier', outlier_score, NULL FROM incoming WHERE outlier
UNION ALL
SELECT $run_id, image_id, 'duplicate', n_other_label / n_copies, copy_label FROM incoming WHERE duplicate_issue

-- name: insert_label_opinions
-- out: nothing
INSERT INTO label_opinion BY NAME
SELECT $run_id AS run_id, image_id, label, suggested, self_confidence, margin, chance, severity, n_against, n_heard, classifier,
    neighbours, copies, zero_shot, detections, n_neighbours, neighbour_label, neighbour_share, own_share, copy_group, n_copies, n_other_label,
    copy_label, zero_shot_label, zero_shot_share, detected_label, neighbour_distance, class_distance, any_class_distance, no_name,
    outlier_distance, outlier_tail
FROM incoming WHERE reason IS NULL

-- name: mark_out_of_fold
-- out: nothing
UPDATE run SET out_of_fold = true, prediction_kind = 'out-of-fold' WHERE id = $run_id

-- name: label_run_changes
-- out: n_relabelled, n_removed, n_new: kept images whose label is no longer the judged one, judged ones that are
-- gone, kept ones that were never judged
SELECT
    count(*) FILTER (opinion.image_id IS NOT NULL AND NOT image.removed AND NOT image.missing AND image.label IS DISTINCT FROM opinion.label)
        AS n_relabelled,
    count(*) FILTER (opinion.image_id IS NOT NULL AND (image.removed OR image.missing)) AS n_removed,
    count(*) FILTER (opinion.image_id IS NULL AND NOT image.removed AND NOT image.missing) AS n_new
FROM current_image AS image
LEFT JOIN (SELECT image_id, label FROM label_opinion WHERE run_id = $run_id) AS opinion ON opinion.image_id = image.id
WHERE image.dataset_id = $dataset_id

-- name: label_issue_count
-- out: n of the images with a label issue that fit the filters; null leaves a filter open
WITH decided AS (
    SELECT DISTINCT image_id FROM standing_decision
    WHERE dataset_id = $dataset_id AND act IN ('keep', 'relabel', 'remove')
),
issue AS (
    SELECT image_id, list_sort(list(kind)) AS kinds
    FROM label_issue WHERE run_id = $run_id AND kind IN ('label', 'duplicate')
    GROUP BY image_id
)
SELECT count(*) AS n
FROM issue
JOIN label_opinion AS opinion ON opinion.image_id = issue.image_id
JOIN current_image AS image ON image.id = issue.image_id
LEFT JOIN decided ON decided.image_id = issue.image_id
WHERE opinion.run_id = $run_id AND image.dataset_id = $dataset_id AND NOT image.missing
    AND ($kind IS NULL OR list_contains(issue.kinds, $kind))
    AND ($given IS NULL OR opinion.label = $given)
    AND ($suggested IS NULL OR opinion.suggested = $suggested)
    AND opinion.n_against >= $min_against
    AND ($is_decided IS NULL OR (decided.image_id IS NOT NULL) = $is_decided)

-- name: label_issue_page
-- out: image_id, sha256, path, kinds, label_now, removed, is_decided and the columns of label_opinion, of the images
-- with a label issue that fit the filters; null leaves a filter open
WITH decided AS (
    SELECT DISTINCT image_id FROM standing_decision
    WHERE dataset_id = $dataset_id AND act IN ('keep', 'relabel', 'remove')
),
issue AS (
    SELECT image_id, list_sort(list(kind)) AS kinds
    FROM label_issue WHERE run_id = $run_id AND kind IN ('label', 'duplicate')
    GROUP BY image_id
)
SELECT image.id AS image_id, image.sha256, image.path, issue.kinds, image.label AS label_now, image.removed,
    decided.image_id IS NOT NULL AS is_decided, opinion.* EXCLUDE (run_id, image_id)
FROM issue
JOIN label_opinion AS opinion ON opinion.image_id = issue.image_id
JOIN current_image AS image ON image.id = issue.image_id
LEFT JOIN decided ON decided.image_id = issue.image_id
WHERE opinion.run_id = $run_id AND image.dataset_id = $dataset_id AND NOT image.missing
    AND ($kind IS NULL OR list_contains(issue.kinds, $kind))
    AND ($given IS NULL OR opinion.label = $given)
    AND ($suggested IS NULL OR opinion.suggested = $suggested)
    AND opinion.n_against >= $min_against
    AND ($is_decided IS NULL OR (decided.image_id IS NOT NULL) = $is_decided)
ORDER BY
    CASE $sort
        WHEN 'severity' THEN -opinion.severity
        WHEN 'self_confidence' THEN opinion.self_confidence
        WHEN 'margin' THEN opinion.margin
        WHEN 'chance' THEN -opinion.chance
    END NULLS LAST,
    image.path
LIMIT $n_rows OFFSET $first

-- name: noise_counts
-- out: label, suggested, n of the images whose label run $run_id doubts, still in the dataset and open
WITH decided AS (
    SELECT DISTINCT image_id FROM standing_decision
    WHERE dataset_id = $dataset_id AND act IN ('keep', 'relabel', 'remove')
)
SELECT opinion.label, opinion.suggested, count(*) AS n
FROM label_issue AS issue
JOIN label_opinion AS opinion ON opinion.run_id = issue.run_id AND opinion.image_id = issue.image_id
JOIN kept_image AS image ON image.id = issue.image_id
WHERE issue.run_id = $run_id AND issue.kind = 'label'
    AND issue.image_id NOT IN (SELECT image_id FROM decided)
GROUP BY opinion.label, opinion.suggested
ORDER BY opinion.label, opinion.suggested

-- name: outlier_range
-- out: low, high of the outlier distances that run $run_id measured
SELECT min(outlier_distance) AS low, max(outlier_distance) AS high FROM label_opinion WHERE run_id = $run_id

-- name: outlier_counts
-- out: label, n, n_out of the kept images that run $run_id measured: all of the label, and those further out than
-- $threshold
SELECT image.label, count(*) AS n, count(*) FILTER (opinion.outlier_distance > $threshold) AS n_out
FROM label_opinion AS opinion JOIN kept_image AS image ON image.id = opinion.image_id
WHERE opinion.run_id = $run_id AND image.dataset_id = $dataset_id
GROUP BY image.label
ORDER BY image.label

-- name: outlier_page
-- out: image_id, sha256, path, label, suggested, neighbour_distance, class_distance, any_class_distance, no_name,
-- outlier_distance, outlier_tail of kept images on one side of $threshold; outside the furthest first, inside the
-- nearest to the line first
SELECT image.id AS image_id, image.sha256, image.path, image.label, opinion.suggested, opinion.neighbour_distance,
    opinion.class_distance, opinion.any_class_distance, opinion.no_name, opinion.outlier_distance, opinion.outlier_tail
FROM label_opinion AS opinion JOIN kept_image AS image ON image.id = opinion.image_id
WHERE opinion.run_id = $run_id AND image.dataset_id = $dataset_id
    AND ($given IS NULL OR image.label = $given)
    AND CASE WHEN $outside THEN opinion.outlier_distance > $threshold ELSE opinion.outlier_distance <= $threshold END
ORDER BY CASE WHEN $near_line AND $outside THEN opinion.outlier_distance ELSE -opinion.outlier_distance END, image.path
LIMIT $n_rows OFFSET $first

-- name: outlier_ids
-- out: image_id of the kept images further out than $threshold, of label $given or any
SELECT opinion.image_id
FROM label_opinion AS opinion JOIN kept_image AS image ON image.id = opinion.image_id
WHERE opinion.run_id = $run_id AND image.dataset_id = $dataset_id
    AND opinion.outlier_distance > $threshold AND ($given IS NULL OR image.label = $given)
ORDER BY opinion.image_id

-- name: issue_paths
-- out: path, kind of every issue of run $run_id
SELECT image.path, label_issue.kind
FROM label_issue JOIN image ON image.id = label_issue.image_id
WHERE label_issue.run_id = $run_id
ORDER BY image.path, label_issue.kind

-- name: label_examples
-- out: image_id, sha256, label of up to $n_rows images of each label of $labels whose labels run $run_id believes
-- most
SELECT image.id AS image_id, image.sha256, opinion.label
FROM label_opinion AS opinion JOIN kept_image AS image ON image.id = opinion.image_id
WHERE opinion.run_id = $run_id AND image.dataset_id = $dataset_id
    AND list_contains($labels, opinion.label) AND opinion.n_against = 0
QUALIFY row_number() OVER (PARTITION BY opinion.label ORDER BY opinion.self_confidence DESC, image.path) <= $n_rows
ORDER BY opinion.label, opinion.self_confidence DESC, image.path
