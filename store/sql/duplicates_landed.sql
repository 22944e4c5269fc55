-- out: whether run $run_id has left pairs or groups
SELECT EXISTS (SELECT 1 FROM duplicate_pair WHERE run_id = $run_id)
    OR EXISTS (SELECT 1 FROM duplicate_group WHERE run_id = $run_id)
