-- out: nothing
UPDATE run SET out_of_fold = true, prediction_kind = 'out-of-fold' WHERE id = $run_id
