-- out: image_id, set_label (when the set was made), given_label, label, removed, is_checked (a person kept or relabelled it), is_doubted
-- (by label check $label_run, and not checked since) of the pictures that runs are scored on, by id
WITH checked AS (
    SELECT DISTINCT image_id FROM decision
    WHERE dataset_id = $dataset_id AND act IN ('keep', 'relabel')
        AND id NOT IN (SELECT undoes FROM decision WHERE act = 'undo' AND undoes IS NOT NULL)
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
