-- out: n_plain, n_flagged, n_flagged_open: kept images with a label that run $run_id doubts in no way; does; does, and nobody has judged
WITH decided AS (
    SELECT DISTINCT image_id FROM decision
    WHERE dataset_id = $dataset_id AND act IN ('keep', 'relabel', 'remove', 'restore')
        AND id NOT IN (SELECT undoes FROM decision WHERE undoes IS NOT NULL)
),
kept AS (
    SELECT opinion.image_id, opinion.image_id IN (SELECT image_id FROM label_issue WHERE run_id = $run_id) AS flagged
    FROM label_opinion AS opinion JOIN current_image AS image ON image.id = opinion.image_id
    WHERE opinion.run_id = $run_id AND opinion.label IS NOT NULL AND NOT image.missing AND NOT image.removed
)
SELECT count(*) FILTER (NOT flagged) AS n_plain, count(*) FILTER (flagged) AS n_flagged,
    count(*) FILTER (flagged AND image_id NOT IN (SELECT image_id FROM decided)) AS n_flagged_open
FROM kept
