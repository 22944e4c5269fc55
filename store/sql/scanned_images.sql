-- out: image_id, path, width, height of the kept images that a run looked at, by id
SELECT image.id AS image_id, image.path, image.width, image.height
FROM detection_scan AS scan
JOIN current_image AS image ON image.id = scan.image_id
WHERE scan.run_id = $run_id AND image.dataset_id = $dataset_id AND NOT image.missing AND NOT image.removed
ORDER BY image.id
