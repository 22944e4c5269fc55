-- out: path, code, reason, bytes; of one code, or of all when $code is null
SELECT path, code, reason, bytes FROM import_failure
WHERE dataset_id = $dataset_id AND ($code IS NULL OR code = $code)
ORDER BY path LIMIT $n_rows OFFSET $first
