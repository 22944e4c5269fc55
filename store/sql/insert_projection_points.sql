-- out: (nothing) adds the placed rows of incoming (image_id, x, y, z, trust, stability, reason)
INSERT INTO projection_point (run_id, image_id, x, y, z, trust, stability)
SELECT $run_id, image_id, x, y, z, trust, stability FROM incoming WHERE reason IS NULL
