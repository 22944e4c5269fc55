-- out: id
INSERT INTO selection (id, dataset_id, name, run_id, who, created_at)
VALUES (nextval('selection_ids'), $dataset_id, $name, $run_id, $who, $created_at)
RETURNING id
