-- name: image_vector
-- out: vector of one image
SELECT vector FROM {vector_table} WHERE image_id = $image_id

-- name: nearest_images
-- out: image_id, similarity of the kept images nearest to $vector, nearest first; zero vectors have no direction and
-- are left out
SELECT vectors.image_id, array_cosine_similarity(vectors.vector, $vector::FLOAT[{dim}]) AS similarity
FROM {vector_table} AS vectors JOIN kept_image AS image ON image.id = vectors.image_id
WHERE NOT isnan(similarity)
ORDER BY similarity DESC, vectors.image_id
LIMIT $n_rows

-- name: list_spaces
-- out: id, name, model, dim, preprocess, weights_source, weights_sha256, run_id
SELECT id, name, model, dim, preprocess, weights_source, weights_sha256, run_id FROM embedding_space
WHERE dataset_id = $dataset_id ORDER BY id

-- name: count_vectors
-- out: n
SELECT count(*) AS n FROM {vector_table} JOIN image ON image.id = image_id WHERE NOT image.missing

-- name: embedding_figures
-- out: n_embedded, n_failed of a run, all its attempts together
SELECT count(*) AS n_embedded, (SELECT count(*) FROM run_failure WHERE run_id = $run_id) AS n_failed
FROM {vector_table} WHERE run_id = $run_id

-- name: find_space
-- out: id, dim, run_id, model, preprocess, weights_source, weights_sha256
SELECT id, dim, run_id, model, preprocess, weights_source, weights_sha256 FROM embedding_space
WHERE dataset_id = $dataset_id AND name = $name

-- name: images_to_embed
-- out: image_id, path, sha256, width, height
SELECT id AS image_id, path, sha256, width, height FROM image WHERE dataset_id = $dataset_id AND NOT missing ORDER BY id

-- name: images_without_vector
-- out: image_id, path, sha256, width, height of the images that have no vector in this space, and that run $run_id
-- could read
SELECT image.id AS image_id, image.path, image.sha256, image.width, image.height FROM image
WHERE image.dataset_id = $dataset_id AND NOT image.missing AND image.id NOT IN (SELECT image_id FROM {vector_table})
    AND image.id NOT IN (SELECT image_id FROM run_failure WHERE run_id = $run_id)
ORDER BY image.id

-- name: insert_vectors
-- out: nothing; incoming: image_id, sha256, vector; only for images that still have that content and no vector yet
INSERT INTO {vector_table} (image_id, vector, run_id)
SELECT incoming.image_id, incoming.vector, $run_id
FROM incoming
JOIN image ON image.id = incoming.image_id AND image.sha256 = incoming.sha256
WHERE incoming.vector IS NOT NULL AND incoming.image_id NOT IN (SELECT image_id FROM {vector_table})

-- name: read_vectors
-- out: image_id, vector
SELECT image_id, vector FROM {vector_table} ORDER BY image_id

-- name: read_chosen_vectors
-- out: row, vector of the images in chosen (row, image_id) that have one in this space
SELECT chosen.row, vectors.vector FROM {vector_table} AS vectors JOIN chosen ON chosen.image_id = vectors.image_id

-- name: insert_space
-- out: id
INSERT INTO embedding_space (id, dataset_id, name, model, dim, preprocess, weights_source, weights_sha256, run_id)
VALUES (nextval('space_ids'), $dataset_id, $name, $model, $dim, $preprocess, $weights_source, $weights_sha256, $run_id)
RETURNING id

-- name: create_vector_table
-- out: nothing
CREATE TABLE {vector_table} (image_id BIGINT NOT NULL, vector FLOAT[{dim}] NOT NULL, run_id INTEGER NOT NULL)
