-- out: class_index, name of all that a run knows, by index
SELECT class_index, name FROM detected_class WHERE run_id = $run_id ORDER BY class_index
