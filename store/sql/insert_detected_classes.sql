-- out: nothing; named: class_index, name; only those that the run has not named yet
INSERT INTO detected_class
SELECT $run_id, class_index, name FROM named
WHERE class_index NOT IN (SELECT class_index FROM detected_class WHERE run_id = $run_id)
