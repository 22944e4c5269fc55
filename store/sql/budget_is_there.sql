-- out: whether run $run_id has cells
SELECT count(*) > 0 FROM budget_cell WHERE run_id = $run_id
