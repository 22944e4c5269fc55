-- out: id
INSERT INTO embedding_space (id, dataset_id, name, model, dim, preprocess, weights_source, weights_sha256, run_id)
VALUES (nextval('space_ids'), $dataset_id, $name, $model, $dim, $preprocess, $weights_source, $weights_sha256, $run_id)
RETURNING id
