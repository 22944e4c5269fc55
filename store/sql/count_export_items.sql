-- out: how many files a run exported
SELECT count(*) FROM export_item WHERE run_id = $run_id
