-- out: image_id, class_index, score, x1, y1, x2, y2, area, mask of the objects in $image_ids from a score on, the best last
SELECT image_id, class_index, score, x1, y1, x2, y2, area, mask
FROM detection
WHERE run_id = $run_id AND score >= $score AND list_contains($image_ids, image_id)
ORDER BY image_id, score, x1, y1
