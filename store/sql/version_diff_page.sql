-- out: image_id, sha256, path, kind, held_before, held_after, split_before, split_after, missing of what differs between two versions;
-- null leaves a filter open
SELECT image.id AS image_id, image.sha256, image.path, pairs.kind, pairs.held_before, pairs.held_after, pairs.split_before,
    pairs.split_after, image.missing
FROM version_pairs($dataset_id, $before, $after) AS pairs
JOIN image ON image.id = pairs.image_id
WHERE pairs.kind = $kind
    AND ($class_index IS NULL OR list_contains(pairs.held_before, $class_index) OR list_contains(pairs.held_after, $class_index))
ORDER BY pairs.held_before[1] NULLS LAST, pairs.held_after[1] NULLS LAST, image.path
LIMIT $n_rows OFFSET $first
