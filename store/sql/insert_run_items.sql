-- out: nothing
INSERT INTO run_item (run_id, image_id, part, label) SELECT $run_id, image_id, part, label FROM incoming WHERE part IS NOT NULL
