-- out: nothing
UPDATE run SET prediction_kind = $kind WHERE id = $run_id
