-- out: n of the images with a label issue that fit the filters; null leaves a filter open
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
SELECT count(*) AS n
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
