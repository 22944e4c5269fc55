-- out: label, suggested, n of the images whose label run $run_id doubts, still in the dataset and open
WITH decided AS (
    SELECT DISTINCT image_id FROM decision
    WHERE dataset_id = $dataset_id AND act IN ('keep', 'relabel', 'remove')
        AND id NOT IN (SELECT undoes FROM decision WHERE act = 'undo' AND undoes IS NOT NULL)
)
SELECT opinion.label, opinion.suggested, count(*) AS n
FROM label_issue AS issue
JOIN label_opinion AS opinion ON opinion.run_id = issue.run_id AND opinion.image_id = issue.image_id
JOIN current_image AS image ON image.id = issue.image_id
WHERE issue.run_id = $run_id AND issue.kind = 'label' AND NOT image.missing AND NOT image.removed
    AND issue.image_id NOT IN (SELECT image_id FROM decided)
GROUP BY opinion.label, opinion.suggested
ORDER BY opinion.label, opinion.suggested
