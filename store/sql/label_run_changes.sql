-- out: n_relabelled, n_removed, n_new: kept images whose label is no longer the judged one, judged ones that are gone, kept ones that were never judged
SELECT
    count(*) FILTER (opinion.image_id IS NOT NULL AND NOT image.removed AND NOT image.missing AND image.label IS DISTINCT FROM opinion.label)
        AS n_relabelled,
    count(*) FILTER (opinion.image_id IS NOT NULL AND (image.removed OR image.missing)) AS n_removed,
    count(*) FILTER (opinion.image_id IS NULL AND NOT image.removed AND NOT image.missing) AS n_new
FROM current_image AS image
LEFT JOIN (SELECT image_id, label FROM label_opinion WHERE run_id = $run_id) AS opinion ON opinion.image_id = image.id
WHERE image.dataset_id = $dataset_id
