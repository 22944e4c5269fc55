-- out: nothing
DELETE FROM label_problem WHERE dataset_id = $dataset_id
