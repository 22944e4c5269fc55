-- out: image_id, x1, y1, x2, y2 of the people that any of $run_ids found in $image_ids from a score on
SELECT detection.image_id, detection.x1, detection.y1, detection.x2, detection.y2
FROM detection
JOIN detected_class AS named ON named.run_id = detection.run_id AND named.class_index = detection.class_index
WHERE list_contains($run_ids, detection.run_id) AND list_contains($image_ids, detection.image_id)
    AND detection.score >= $score AND list_contains($people, lower(named.name))
ORDER BY detection.image_id, detection.x1, detection.y1
