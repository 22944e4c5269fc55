-- out: id
INSERT INTO reference_result (id, dataset_id, name, balanced_accuracy, recalls, set_id, source, who, created_at)
VALUES (nextval('reference_ids'), $dataset_id, $name, $balanced_accuracy, $recalls, $set_id, $source, $who, $created_at)
RETURNING id
