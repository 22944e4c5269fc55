-- out: nothing; the key refuses a segment that has landed before
INSERT INTO segment (job_id, n, n_rows, n_failed, landed_at) VALUES ($job_id, $n, $n_rows, $n_failed, $landed_at)
