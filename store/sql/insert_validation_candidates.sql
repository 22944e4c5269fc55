-- out: nothing
INSERT INTO validation_candidate
SELECT $run_id, image_id, label, rank, stands_for, n_heard, margin FROM incoming WHERE near_id IS NULL
