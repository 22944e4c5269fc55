-- out: image_id, class_index (null: nothing of $classes from $score on), score of the best object, of the images run $run_id has looked at
SELECT scan.image_id, best.class_index, best.score
FROM detection_scan AS scan
LEFT JOIN (
    SELECT image_id, class_index, max(score) AS score
    FROM detection
    WHERE run_id = $run_id AND score >= $score AND list_contains($classes, class_index)
    GROUP BY image_id, class_index
) AS best ON best.image_id = scan.image_id
WHERE scan.run_id = $run_id
