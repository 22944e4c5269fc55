-- out: n_rows
SELECT n_rows FROM segment WHERE job_id = $job_id AND n = $n
