-- out: id
INSERT INTO evaluation_set (id, dataset_id, name, rule, run_id, created_at)
SELECT nextval('evaluation_set_ids'), $dataset_id, $name, $rule, $run_id, $created_at
RETURNING id
