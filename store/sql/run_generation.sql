-- out: value, the generation of the dataset that run $run_id belongs to
SELECT generation.value FROM run JOIN generation ON generation.dataset_id = run.dataset_id WHERE run.id = $run_id
