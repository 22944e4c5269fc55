-- out: image_id, sha256, path, kinds, label_now, removed, is_decided and the columns of label_opinion, of the images with a label issue that fit the filters; null leaves a filter open
WITH decided AS (
    SELECT DISTINCT image_id FROM decision
    WHERE dataset_id = $dataset_id AND act IN ('keep', 'relabel', 'remove')
        AND id NOT IN (SELECT undoes FROM decision WHERE act = 'undo' AND undoes IS NOT NULL)
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
    AND opinion.n_against >= $least_against
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
