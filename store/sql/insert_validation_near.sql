-- out: nothing
INSERT INTO validation_near
SELECT $run_id, image_id, near_id, cosine, hamming_bits FROM incoming WHERE near_id IS NOT NULL
