-- out: nothing
INSERT INTO run_item (run_id, image_id, part, label, labels)
SELECT $run_id, image_id, part, label, labels FROM incoming WHERE part IS NOT NULL
