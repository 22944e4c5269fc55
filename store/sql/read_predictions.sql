-- out: image_id, fold, probabilities of run $run_id, if it was over dataset $dataset_id and out of fold
SELECT prediction.image_id, prediction.fold, prediction.probabilities
FROM prediction JOIN run ON run.id = prediction.run_id
WHERE prediction.run_id = $run_id AND run.dataset_id = $dataset_id AND run.out_of_fold
ORDER BY prediction.image_id
