-- out: part, condition, selection, noise, size, n_pool, seed, balanced_accuracy, recalls of a run
SELECT part, condition, selection, noise, size, n_pool, seed, balanced_accuracy, recalls
FROM budget_cell WHERE run_id = $run_id ORDER BY part, condition, selection, noise, size, seed
