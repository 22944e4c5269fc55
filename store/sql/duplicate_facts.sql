-- out: image_id, sha256, path, label, labels, split, width, height, bytes, mtime_ns of $image_ids, in their order
SELECT id AS image_id, sha256, path, label, labels, split, width, height, bytes, mtime_ns
FROM current_image JOIN (SELECT unnest($image_ids::BIGINT[]) AS chosen_id, generate_subscripts($image_ids::BIGINT[], 1) AS n) AS chosen
    ON chosen.chosen_id = current_image.id
WHERE dataset_id = $dataset_id
ORDER BY chosen.n
