-- out: image_id, sha256, path, label, labels, split, removed, missing of $image_ids, in their order
SELECT image.id AS image_id, image.sha256, image.path, image.label, image.labels, image.split, image.removed, image.missing
FROM current_image AS image
JOIN (SELECT unnest($image_ids::BIGINT[]) AS chosen_id, generate_subscripts($image_ids::BIGINT[], 1) AS n) AS chosen
    ON chosen.chosen_id = image.id
WHERE image.dataset_id = $dataset_id
ORDER BY chosen.n
