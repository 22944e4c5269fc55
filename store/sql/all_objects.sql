-- out: image_id, class_index, score, x1, y1, x2, y2 of all objects of a run in a dataset's kept images
SELECT detection.image_id, detection.class_index, detection.score, detection.x1, detection.y1, detection.x2, detection.y2
FROM detection JOIN current_image AS image ON image.id = detection.image_id
WHERE detection.run_id = $run_id AND image.dataset_id = $dataset_id AND NOT image.missing AND NOT image.removed
ORDER BY detection.image_id, detection.score DESC, detection.x1, detection.y1
