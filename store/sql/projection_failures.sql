-- out: path, reason of the images that run $run_id left out; at most $n_rows
SELECT image.path, run_failure.reason FROM run_failure JOIN image ON image.id = run_failure.image_id
WHERE run_failure.run_id = $run_id ORDER BY image.path LIMIT $n_rows
