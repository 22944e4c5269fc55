-- out: id, name, model, dim, preprocess, weights_source, weights_sha256, run_id
SELECT id, name, model, dim, preprocess, weights_source, weights_sha256, run_id FROM embedding_space
WHERE dataset_id = $dataset_id ORDER BY id
