-- out: nothing
DELETE FROM reference_result WHERE id = $reference_id AND dataset_id = $dataset_id
