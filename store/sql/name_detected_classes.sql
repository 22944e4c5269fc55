-- out: nothing; named: class_index, name
UPDATE detected_class SET name = named.name FROM named
WHERE detected_class.run_id = $run_id AND detected_class.class_index = named.class_index
