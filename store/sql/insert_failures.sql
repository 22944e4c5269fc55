-- out: nothing; incoming: path, code, reason, bytes, mtime_ns (rows with a code)
INSERT INTO import_failure
SELECT $dataset_id, path, code, reason, bytes, mtime_ns, $run_id FROM incoming WHERE code IS NOT NULL
