-- name: failures_balance
-- out: n_files, n_images, n_missing, n_failures of a dataset; files = images + failures when no import is under way
SELECT
    dataset.n_files,
    (SELECT count(*) FROM image WHERE dataset_id = $dataset_id AND NOT missing) AS n_images,
    (SELECT count(*) FROM image WHERE dataset_id = $dataset_id AND missing) AS n_missing,
    (SELECT count(*) FROM import_failure WHERE dataset_id = $dataset_id) AS n_failures
FROM dataset WHERE dataset.id = $dataset_id

-- name: failures_by_code
-- out: code, n, bytes (null where no size is known), example (one reason); most frequent first
SELECT code, count(*) AS n, sum(bytes)::BIGINT AS bytes, min(reason) AS example
FROM import_failure WHERE dataset_id = $dataset_id
GROUP BY code ORDER BY n DESC, code

-- name: failures_page
-- out: path, code, reason, bytes; of one code, or of all when $code is null
SELECT path, code, reason, bytes FROM import_failure
WHERE dataset_id = $dataset_id AND ($code IS NULL OR code = $code)
ORDER BY path LIMIT $n_rows OFFSET $first

-- name: label_problems_by_code
-- out: code, n, bytes (null: there is no file), example (one reason); most frequent first
SELECT code, count(*) AS n, NULL::BIGINT AS bytes, min(reason) AS example
FROM label_problem WHERE dataset_id = $dataset_id
GROUP BY code ORDER BY n DESC, code

-- name: label_problems_page
-- out: key, code, reason, value; of one code, or of all when $code is null
SELECT key, code, reason, value FROM label_problem
WHERE dataset_id = $dataset_id AND ($code IS NULL OR code = $code)
ORDER BY key, code LIMIT $n_rows OFFSET $first
