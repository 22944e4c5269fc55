-- out: nothing; incoming: key, code, reason, value
INSERT INTO label_problem SELECT $dataset_id, key, code, reason, value, $run_id FROM incoming
