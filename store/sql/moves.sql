-- name: pictures_to_find
-- out: image_id, path, sha256, bytes, was_missing of all images of a dataset, by path
SELECT id AS image_id, path, sha256, bytes, missing AS was_missing FROM image WHERE dataset_id = $dataset_id ORDER BY path

-- name: some_pictures
-- out: path, bytes of up to $n present images of a dataset, spread over all
SELECT path, bytes FROM (
    SELECT path, bytes, row_number() OVER (ORDER BY path) - 1 AS place, count(*) OVER () AS n_all
    FROM image WHERE dataset_id = $dataset_id AND NOT missing
)
WHERE place % greatest(1, ceil(n_all / $n::DOUBLE)::BIGINT) = 0
ORDER BY path

-- name: has_moved
-- out: n of the moves that run $run_id made
SELECT count(*) AS n FROM dataset_move WHERE run_id = $run_id

-- name: insert_dataset_move
-- out: nothing; incoming: image_id, state, mtime_ns, was_missing
INSERT INTO dataset_move (dataset_id, root_before, root_after, n_same, n_missing, n_differ, who, run_id, moved_at)
SELECT $dataset_id, (SELECT root FROM dataset WHERE id = $dataset_id), $root,
    count(*) FILTER (state = 'same'), count(*) FILTER (state = 'missing' AND NOT was_missing),
    count(*) FILTER (state NOT IN ('same', 'missing')), $who, $run_id, $moved_at
FROM incoming

-- name: move_label_file
-- out: nothing; a label file that lies in the folder has moved with it
UPDATE dataset SET import_options = json_merge_patch(import_options, json_object('labels',
    $root || substr(json_extract_string(import_options, '$.labels'), len(root) + 1)))::VARCHAR
WHERE id = $dataset_id AND starts_with(json_extract_string(import_options, '$.labels'), root || '/')

-- name: move_dataset
-- out: nothing
UPDATE dataset SET root = $root WHERE id = $dataset_id

-- name: find_moved_images
-- out: id of the images of `incoming` that are not there any more, or are there again
UPDATE image SET missing = incoming.state = 'missing' FROM incoming
WHERE image.dataset_id = $dataset_id AND image.id = incoming.image_id
    AND (incoming.state = 'missing' AND NOT image.missing OR incoming.state = 'same' AND image.missing)
RETURNING image.id

-- name: date_moved_images
-- out: nothing; a copy has a time of its own: what has the same bytes need not be read again for it
UPDATE image SET mtime_ns = incoming.mtime_ns FROM incoming
WHERE image.dataset_id = $dataset_id AND image.id = incoming.image_id AND incoming.state = 'same'
    AND image.mtime_ns <> incoming.mtime_ns
