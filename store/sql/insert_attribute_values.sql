-- out: nothing
INSERT INTO attribute_value (run_id, image_id, share)
SELECT $run_id, image_id, share FROM incoming WHERE share IS NOT NULL
