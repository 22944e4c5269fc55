-- out: index, given_name, name
SELECT index, name AS given_name, coalesce(corrected_name, name) AS name FROM class_name
WHERE dataset_id = $dataset_id ORDER BY index
