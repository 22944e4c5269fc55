-- out: nothing
UPDATE class_name SET corrected_name = nullif($name_after, name) WHERE dataset_id = $dataset_id AND index = $class_index
