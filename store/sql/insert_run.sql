-- out: nothing
INSERT INTO run (id, dataset_id, job_id, kind, model, parameters, seed, code_version, input_generation, device, figures,
    complete, seconds, started_at, finished_at)
VALUES ($id, $dataset_id, $job_id, $kind, $model, $parameters, $seed, $code_version, $input_generation, $device, NULL,
    false, NULL, $started_at, NULL)
ON CONFLICT (id) DO NOTHING
