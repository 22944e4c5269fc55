-- out: n_segments, n_rows, n_failed, next_n
SELECT count(*) AS n_segments, coalesce(sum(n_rows), 0)::BIGINT AS n_rows, coalesce(sum(n_failed), 0)::BIGINT AS n_failed,
    coalesce(max(n) + 1, 0) AS next_n
FROM segment WHERE job_id = $job_id
