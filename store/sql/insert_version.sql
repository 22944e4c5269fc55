-- out: id of the new version of what is kept now
INSERT INTO version
SELECT nextval('version_ids'), $dataset_id, $name, $note,
    coalesce((SELECT list(coalesce(corrected_name, name) ORDER BY index) FROM class_name WHERE dataset_id = $dataset_id), []),
    0, 0, coalesce((SELECT data_value FROM generation WHERE dataset_id = $dataset_id), 0), $validation_run, $who, $created_at
RETURNING id
