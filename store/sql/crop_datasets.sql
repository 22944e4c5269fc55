-- out: dataset_id of each dataset that consists of crops, origin (the dataset they were cut from)
SELECT DISTINCT dataset.id AS dataset_id, run.dataset_id AS origin
FROM dataset
JOIN run ON run.kind = 'crops' AND json_extract_string(run.parameters, '$.folder') = dataset.root
ORDER BY dataset_id
