-- out: image_id, path, sha256, label, labels, split, pixel_sha256, phash, in_set, own of the pictures of a training run that has no
-- items yet. own: labels and pictures as in version $version_id, or (0) as imported, or as now without the removed ones. in_set: the
-- pictures that the run is scored on, own or not, always with the labels of evaluation set $set_id, of the splits
-- $evaluation_splits of version $evaluation_version, or today's of those that data budget $budget_run was judged on
WITH chosen AS (
    SELECT image_id, label, labels FROM evaluation_item WHERE set_id = $set_id
    UNION ALL
    SELECT item.image_id, item.label, item.labels FROM version_item AS item JOIN image ON image.id = item.image_id
    WHERE item.version_id = $evaluation_version AND list_contains($evaluation_splits, lower(trim(item.split)))
        AND item.sha256 = image.sha256
    UNION ALL
    SELECT image.id, image.label, image.labels
    FROM budget_evaluation JOIN current_image AS image ON image.id = budget_evaluation.image_id
    WHERE budget_evaluation.run_id = $budget_run
),
own AS (
    SELECT item.image_id, item.label, item.labels, item.split FROM version_item AS item
    JOIN image ON image.id = item.image_id AND image.sha256 = item.sha256
    WHERE item.version_id = $version_id
    UNION ALL
    SELECT id, CASE WHEN $imported THEN given_label ELSE label END, CASE WHEN $imported THEN given_labels ELSE labels END, split
    FROM current_image
    WHERE $version_id = 0 AND dataset_id = $dataset_id AND ($imported OR NOT removed)
),
used AS (SELECT * FROM own WHERE label IS NOT NULL OR labels IS NOT NULL)
SELECT image.id AS image_id, image.path, image.sha256,
    CASE WHEN chosen.image_id IS NULL OR chosen.label IS NULL AND chosen.labels IS NULL THEN used.label ELSE chosen.label END AS label,
    CASE WHEN chosen.image_id IS NULL OR chosen.label IS NULL AND chosen.labels IS NULL THEN used.labels ELSE chosen.labels END AS labels,
    CASE WHEN $version_id = 0 THEN image.split ELSE used.split END AS split, image.pixel_sha256, image.phash,
    chosen.image_id IS NOT NULL AS in_set, used.image_id IS NOT NULL AS own
FROM image
LEFT JOIN chosen ON chosen.image_id = image.id
LEFT JOIN used ON used.image_id = image.id
WHERE image.dataset_id = $dataset_id AND NOT image.missing AND (chosen.image_id IS NOT NULL OR used.image_id IS NOT NULL)
    AND NOT EXISTS (SELECT 1 FROM run_item WHERE run_id = $run_id)
ORDER BY image.id
