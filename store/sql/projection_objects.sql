-- out: n (objects from a score of 0.3 on; null where nobody looked) of a run's points, by image, from the newest detection of its dataset
WITH newest AS (
    SELECT max(id) AS run_id FROM run
    WHERE kind = 'detect' AND complete AND dataset_id = (SELECT dataset_id FROM run WHERE id = $run_id)
),
counted AS (
    SELECT scan.image_id, count(detection.image_id) AS n
    FROM detection_scan AS scan
    LEFT JOIN detection ON detection.run_id = scan.run_id AND detection.image_id = scan.image_id AND detection.score >= 0.3
    WHERE scan.run_id = (SELECT run_id FROM newest)
    GROUP BY scan.image_id
)
SELECT counted.n
FROM projection_point LEFT JOIN counted ON counted.image_id = projection_point.image_id
WHERE projection_point.run_id = $run_id
ORDER BY projection_point.image_id
