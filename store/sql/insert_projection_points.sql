-- out: (nothing) adds the placed rows of incoming (image_id, x, y, z, trust, reason)
INSERT INTO projection_point
SELECT $run_id, image_id, x, y, z, trust FROM incoming WHERE reason IS NULL
