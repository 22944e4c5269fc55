-- out: image_id, sha256, path, given_label, label, removed of $image_ids, in their order
WITH chosen AS (
    SELECT unnest($image_ids::BIGINT[]) AS image_id, generate_subscripts($image_ids::BIGINT[], 1) AS n
)
SELECT chosen.image_id, image.sha256, image.path, image.given_label, image.label, image.removed
FROM chosen JOIN current_image AS image ON image.id = chosen.image_id
WHERE image.dataset_id = $dataset_id
ORDER BY chosen.n
