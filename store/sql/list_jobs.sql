-- out: every column of job, dataset (name), figures and seconds of its run; newest first
SELECT job.*, dataset.name AS dataset, run.figures, run.seconds
FROM job
LEFT JOIN dataset ON dataset.id = job.dataset_id
LEFT JOIN run ON run.id = job.run_id
ORDER BY job.created_at DESC, job.id DESC
