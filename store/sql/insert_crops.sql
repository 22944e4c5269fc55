-- out: nothing; incoming: path, image_id, class_name, score, x1, y1, x2, y2, reason (rows without one)
INSERT INTO crop
SELECT $run_id, path, image_id, $detection_run, class_name, score, x1, y1, x2, y2 FROM incoming WHERE reason IS NULL
