-- name: raise_generation
-- out: nothing; the dataset's counts of writes and the workspace's (0) go up together. What changed was noted before
-- (note_changes); names and vectors are no data
INSERT INTO generation (dataset_id, value, data_value, settled_value)
SELECT id, 1, CASE WHEN changes_data THEN 1 ELSE 0 END, CASE WHEN $settles OR changes_data THEN 1 ELSE 0 END
FROM (SELECT unnest(list_distinct([0, $dataset_id::INTEGER])) AS id),
    (SELECT count(*) > 0 AS changes_data FROM subject_change
     WHERE dataset_id = $dataset_id AND subject NOT IN ('names', 'vectors')
         AND value = coalesce((SELECT value FROM generation WHERE dataset_id = $dataset_id), 0) + 1)
ON CONFLICT (dataset_id) DO UPDATE SET
    value = generation.value + 1,
    data_value = CASE WHEN excluded.data_value = 1 THEN generation.value + 1 ELSE generation.data_value END,
    settled_value = CASE WHEN excluded.settled_value = 1 THEN generation.value + 1 ELSE generation.settled_value END

-- name: generations
-- out: value, settled_value, data_value
SELECT value, settled_value, data_value FROM generation WHERE dataset_id = $dataset_id

-- name: current_database
-- out: name
SELECT current_database()

-- name: attach_snapshot
-- out: nothing; ATTACH takes no bound values, the caller escapes the file name
ATTACH '{target}' AS vitrine_snapshot

-- name: copy_to_snapshot
-- out: nothing
COPY FROM DATABASE "{name}" TO vitrine_snapshot

-- name: detach_snapshot
-- out: nothing
DETACH vitrine_snapshot

-- name: checkpoint
-- out: nothing; what stands in the write-ahead log goes into the file
CHECKPOINT

-- name: write_numbers_plainly
-- out: nothing; floats are written without DuckDB's two ways of compressing them, which save nothing on vectors and take
-- half of the time of writing them (docs/decisions.md); files written so are read by every version
SET disabled_compression_methods = 'alp,alprd'
