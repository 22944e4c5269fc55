-- out: nothing; incoming: index, name; a corrected name stays
INSERT INTO class_name (dataset_id, index, name) SELECT $dataset_id, index, name FROM incoming
ON CONFLICT (dataset_id, index) DO UPDATE SET name = excluded.name
