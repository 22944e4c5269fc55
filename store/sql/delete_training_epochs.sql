-- out: nothing
DELETE FROM training_epoch WHERE run_id = $run_id
