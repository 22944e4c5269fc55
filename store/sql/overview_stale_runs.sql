-- out: id, kind, model of the newest complete run of each kind and model (imports and embeddings aside: vectors follow their files one by one; and exports, which are of versions) that read the data before it last changed
SELECT id, kind, model
FROM (
    SELECT id, kind, model, input_generation FROM run WHERE dataset_id = $dataset_id AND complete AND kind NOT IN ('import', 'embed', 'export', 'augment-preview', 'check-submission')
    QUALIFY row_number() OVER (PARTITION BY kind, model ORDER BY id DESC) = 1
)
WHERE input_generation < (SELECT data_value FROM generation WHERE dataset_id = $dataset_id)
ORDER BY id
