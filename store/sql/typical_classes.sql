-- out: class_index of the classes whose pictures run $run_id compared, by index
SELECT DISTINCT class_index FROM typicality WHERE run_id = $run_id ORDER BY class_index
