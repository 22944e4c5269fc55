-- out: id, dim, run_id, model, preprocess, weights_source, weights_sha256
SELECT id, dim, run_id, model, preprocess, weights_source, weights_sha256 FROM embedding_space
WHERE dataset_id = $dataset_id AND name = $name
