-- out: image_id, path, sha256, width, height of the kept images that run $run_id has not looked at yet
SELECT image.id AS image_id, image.path, image.sha256, image.width, image.height
FROM current_image AS image
WHERE image.dataset_id = $dataset_id AND NOT image.missing AND NOT image.removed
    AND image.id NOT IN (SELECT image_id FROM detection_scan WHERE run_id = $run_id)
    AND image.id NOT IN (SELECT image_id FROM run_failure WHERE run_id = $run_id)
ORDER BY image.id
