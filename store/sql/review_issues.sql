-- out: image_id of the images that run $run_id doubts for one of $kinds, the surest first; outliers by how far out they lie
WITH issue AS (
    SELECT image_id, max(score) AS score FROM label_issue
    WHERE run_id = $run_id AND list_contains($kinds, kind)
    GROUP BY image_id
)
SELECT issue.image_id
FROM issue
JOIN label_opinion AS opinion ON opinion.run_id = $run_id AND opinion.image_id = issue.image_id
JOIN image ON image.id = issue.image_id
WHERE image.dataset_id = $dataset_id AND NOT image.missing AND ($class_index IS NULL OR opinion.label = $class_index)
ORDER BY CASE WHEN $by_score THEN issue.score ELSE opinion.severity END DESC, issue.image_id
