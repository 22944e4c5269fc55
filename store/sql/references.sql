-- name: list_references
-- out: id, name, balanced_accuracy, recalls, set_id, set_name, source, who, created_at of the dataset's reference
-- results, by name
SELECT reference_result.id, reference_result.name, reference_result.balanced_accuracy, reference_result.recalls,
    reference_result.set_id, evaluation_set.name AS set_name, reference_result.source, reference_result.who,
    reference_result.created_at
FROM reference_result LEFT JOIN evaluation_set ON evaluation_set.id = reference_result.set_id
WHERE reference_result.dataset_id = $dataset_id
ORDER BY reference_result.name, reference_result.id

-- name: insert_reference
-- out: id
INSERT INTO reference_result (id, dataset_id, name, balanced_accuracy, recalls, set_id, source, who, created_at)
VALUES (nextval('reference_ids'), $dataset_id, $name, $balanced_accuracy, $recalls, $set_id, $source, $who, $created_at)
RETURNING id

-- name: delete_reference
-- out: nothing
DELETE FROM reference_result WHERE id = $reference_id AND dataset_id = $dataset_id
