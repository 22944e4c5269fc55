-- name: pictures_by_path
-- out: image_id, path, sha256 of all images of the dataset whose files are there, by path
SELECT id AS image_id, path, sha256 FROM image WHERE dataset_id = $dataset_id AND NOT missing ORDER BY path

-- name: points_with_vector
-- out: path, sha256 of the points of the dataset that have a vector in this space by another run than $run_id
SELECT image.path, image.sha256 FROM image JOIN {vector_table} AS vectors ON vectors.image_id = image.id
WHERE image.dataset_id = $dataset_id AND vectors.run_id <> $run_id ORDER BY image.id

-- name: known_points
-- out: path, image_id of the points that `incoming` (path) names
SELECT image.path, image.id AS image_id
FROM image JOIN incoming ON incoming.path = image.path WHERE image.dataset_id = $dataset_id

-- name: new_image_ids
-- out: id: $n numbers that no image has
SELECT nextval('image_ids') AS id FROM range($n)

-- name: insert_points
-- out: nothing; incoming: id, path, sha256, phash, label, split
INSERT INTO image (id, dataset_id, path, sha256, pixel_sha256, phash, width, height, bytes, mtime_ns, format, mode,
    n_frames, label, split, brightness, contrast, sharpness, entropy, has_thumb, has_position, missing, run_id, imported_at)
SELECT id, $dataset_id, path, sha256, sha256, phash, 1, 1, 0, 0, 'POINT', '',
    1, label, split, 'nan', 'nan', 'nan', 'nan', false, false, false, $run_id, $imported_at
FROM incoming

-- name: known_without_vector
-- out: image_id of `known` (image_id) that have no vector in this space yet
SELECT image_id FROM known WHERE image_id NOT IN (SELECT image_id FROM {vector_table})

-- name: insert_point_vectors
-- out: nothing; incoming: image_id, vector
INSERT INTO {vector_table} (image_id, vector, run_id) SELECT image_id, vector, $run_id FROM incoming

-- name: insert_vector_files
-- out: nothing; the rows of incoming with a place `n`
INSERT INTO vector_file (run_id, n, file, n_rows, n_features, n_taken, n_repeated, n_conflicting, n_not_finite, n_without_id,
    n_unmatched, n_without_label, n_unknown_label, n_bad_lines, n_constant, reading, problem)
SELECT $run_id, n, file, n_rows, n_features, n_taken, n_repeated, n_conflicting, n_not_finite, n_without_id,
    n_unmatched, n_without_label, n_unknown_label, n_bad_lines, n_constant, reading, problem
FROM incoming WHERE n IS NOT NULL

-- name: insert_vector_problems
-- out: nothing; the rows of incoming without a place: file, row, key, row_reason
INSERT INTO vector_problem (run_id, file, row, key, reason)
SELECT $run_id, file, row, key, row_reason FROM incoming WHERE n IS NULL

-- name: delete_vector_files
-- out: nothing; what an earlier attempt of the run saw
DELETE FROM vector_file WHERE run_id = $run_id

-- name: delete_vector_problems
-- out: nothing; what an earlier attempt of the run saw
DELETE FROM vector_problem WHERE run_id = $run_id

-- name: vector_imports
-- out: run_id, space, started_at, complete, n_files of the imports of features into the dataset, the newest first
SELECT run.id AS run_id, run.parameters ->> 'space' AS space, run.started_at, run.complete,
    (SELECT count(*) FROM vector_file WHERE vector_file.run_id = run.id) AS n_files
FROM run WHERE run.dataset_id = $dataset_id AND run.kind = 'import-vectors' ORDER BY run.id DESC

-- name: vector_files
-- out: file, n_rows, n_features, n_taken, n_repeated, n_conflicting, n_not_finite, n_without_id, n_unmatched, n_without_label,
-- n_unknown_label, n_bad_lines, n_constant, reading, problem of a run's files, in their order
SELECT file, n_rows, n_features, n_taken, n_repeated, n_conflicting, n_not_finite, n_without_id, n_unmatched, n_without_label,
    n_unknown_label, n_bad_lines, n_constant, reading, problem
FROM vector_file WHERE run_id = $run_id ORDER BY n

-- name: vector_problems
-- out: file, row, key, reason of a run's listed rows
SELECT file, row, key, reason FROM vector_problem WHERE run_id = $run_id ORDER BY file, row

-- name: points_totals
-- out: n_images of the dataset
SELECT count(*) AS n_images FROM image WHERE dataset_id = $dataset_id AND NOT missing

-- name: settle_points
-- out: nothing; of a dataset of points: how many it has, and when it was last imported
UPDATE dataset SET imported_at = $imported_at, n_files = (SELECT count(*) FROM image WHERE dataset_id = $id)
WHERE id = $id AND layout = 'points'

-- name: point_label
-- out: path, name of the class that counts now (null without one), of image $image_id, if it is a point
SELECT image.path, coalesce(class_name.corrected_name, class_name.name) AS name
FROM current_image AS image
LEFT JOIN class_name ON class_name.dataset_id = image.dataset_id AND class_name.index = image.label
WHERE image.id = $image_id AND image.format = 'POINT'
