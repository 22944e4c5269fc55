-- out: nothing; incoming: image_id, reason (rows with a reason)
INSERT INTO run_failure SELECT $run_id, image_id, reason FROM incoming WHERE reason IS NOT NULL
