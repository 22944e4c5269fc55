-- out: code, n, bytes (null where no size is known), example (one reason); most frequent first
SELECT code, count(*) AS n, sum(bytes)::BIGINT AS bytes, min(reason) AS example
FROM import_failure WHERE dataset_id = $dataset_id
GROUP BY code ORDER BY n DESC, code
