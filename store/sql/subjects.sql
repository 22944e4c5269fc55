-- name: note_changes
-- out: nothing; $subjects of the dataset change with the write at hand, which will be number value + 1
INSERT INTO subject_change (dataset_id, subject, space, value)
SELECT $dataset_id, unnest($subjects::VARCHAR[]), $space,
    coalesce((SELECT value FROM generation WHERE dataset_id = $dataset_id), 0) + 1
ON CONFLICT (dataset_id, subject, space) DO UPDATE SET value = excluded.value
