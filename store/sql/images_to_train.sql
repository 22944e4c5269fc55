-- out: image_id, path, sha256, label, split, pixel_sha256, phash, in_set of the pictures of a training run that has no items yet:
-- labels and pictures as imported, or as they are now (removed ones left out); those of evaluation set $set_id always
SELECT image.id AS image_id, image.path, image.sha256, CASE WHEN $imported THEN image.given_label ELSE image.label END AS label,
    image.split, image.pixel_sha256, image.phash, chosen.image_id IS NOT NULL AS in_set
FROM current_image AS image
LEFT JOIN (SELECT image_id FROM evaluation_item WHERE set_id = $set_id) AS chosen ON chosen.image_id = image.id
WHERE image.dataset_id = $dataset_id AND NOT image.missing
    AND (chosen.image_id IS NOT NULL
        OR ($imported AND image.given_label IS NOT NULL) OR (NOT $imported AND NOT image.removed AND image.label IS NOT NULL))
    AND NOT EXISTS (SELECT 1 FROM run_item WHERE run_id = $run_id)
ORDER BY image.id
