-- out: nothing; failures of files that are not there any more
DELETE FROM import_failure WHERE dataset_id = $dataset_id AND path NOT IN (SELECT path FROM incoming)
