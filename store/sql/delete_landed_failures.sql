-- out: nothing; earlier failures of the files in `incoming`
DELETE FROM import_failure WHERE dataset_id = $dataset_id AND path IN (SELECT path FROM incoming)
