-- out: id, name, rule, n of the evaluation set called $name
SELECT id, name, rule, (SELECT count(*) FROM evaluation_item WHERE set_id = id) AS n FROM evaluation_set
WHERE dataset_id = $dataset_id AND name = $name
