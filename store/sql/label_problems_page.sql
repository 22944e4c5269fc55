-- out: key, code, reason, value; of one code, or of all when $code is null
SELECT key, code, reason, value FROM label_problem
WHERE dataset_id = $dataset_id AND ($code IS NULL OR code = $code)
ORDER BY key, code LIMIT $n_rows OFFSET $first
