-- out: nothing
UPDATE run SET out_of_fold = true WHERE id = $run_id
