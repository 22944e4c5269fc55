-- out: image_id, path, width, height, class_name, score, x1, y1, x2, y2, area, mask of all objects from a score on in kept images
SELECT image.id AS image_id, image.path, image.width, image.height, named.name AS class_name, detection.score,
    detection.x1, detection.y1, detection.x2, detection.y2, detection.area, detection.mask
FROM detection
JOIN detected_class AS named ON named.run_id = detection.run_id AND named.class_index = detection.class_index
JOIN current_image AS image ON image.id = detection.image_id
WHERE detection.run_id = $run_id AND detection.score >= $score AND image.dataset_id = $dataset_id
    AND NOT image.missing AND NOT image.removed
ORDER BY image.id, detection.score DESC, detection.x1, detection.y1
