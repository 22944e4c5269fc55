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

-- name: images_of_version
-- out: image_id of each image that is in the version $version_id, or is asked for in a spot check of it, by image
SELECT image_id FROM version_item WHERE version_id = $version_id
UNION
SELECT item.image_id
FROM spot_check_item AS item JOIN spot_check AS asked ON asked.id = item.check_id
WHERE asked.version_id = $version_id
ORDER BY image_id
