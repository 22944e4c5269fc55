-- out: image_id, label, n_heard, margin, agreed, pixel_sha256, phash of the kept images; agreed: every method asked by the label check is
-- content with the label it has now, and nothing else was held against the picture
SELECT image.id AS image_id, image.label, coalesce(opinion.n_heard, 0)::TINYINT AS n_heard, opinion.margin,
    image.label IS NOT NULL AND opinion.image_id IS NOT NULL AND opinion.label IS NOT DISTINCT FROM image.label
        AND opinion.n_against = 0 AND opinion.n_heard >= 2 AND issue.image_id IS NULL AS agreed,
    image.pixel_sha256, image.phash
FROM current_image AS image
LEFT JOIN label_opinion AS opinion ON opinion.image_id = image.id AND opinion.run_id = $label_run
LEFT JOIN (SELECT DISTINCT image_id FROM label_issue WHERE run_id = $label_run) AS issue ON issue.image_id = image.id
WHERE image.dataset_id = $dataset_id AND NOT image.missing AND NOT image.removed
ORDER BY image.id
