-- name: dataset_of_run
-- out: dataset_id of the run $run_id
SELECT dataset_id FROM run WHERE id = $run_id

-- name: dataset_of_image
-- out: dataset_id of the image $image_id
SELECT dataset_id FROM image WHERE id = $image_id

-- name: dataset_of_version
-- out: dataset_id of the version $version_id
SELECT dataset_id FROM version WHERE id = $version_id

-- name: dataset_of_claim
-- out: dataset_id of the claim $claim_id
SELECT max(dataset_id) FROM claim WHERE id = $claim_id

-- name: dataset_of_check
-- out: dataset_id of the spot check $check_id
SELECT dataset_id FROM spot_check WHERE id = $check_id
