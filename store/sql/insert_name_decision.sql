-- out: nothing
INSERT INTO name_decision
VALUES (nextval('name_decision_ids'), $dataset_id, $class_index, $name_before, $name_after, $reason, $evidence, $batch, $undoes, $who, $decided_at)
