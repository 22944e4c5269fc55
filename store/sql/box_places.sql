-- out: x, y (cells of a $cells x $cells grid over the picture, from the top left), n boxes with their middle there
SELECT least(greatest(floor($cells * (detection.x1 + detection.x2) / 2 / image.width), 0), $cells - 1)::INTEGER AS x,
    least(greatest(floor($cells * (detection.y1 + detection.y2) / 2 / image.height), 0), $cells - 1)::INTEGER AS y,
    count(*) AS n
FROM detection
JOIN current_image AS image ON image.id = detection.image_id
WHERE detection.run_id = $run_id AND detection.score >= $score AND image.dataset_id = $dataset_id
    AND NOT image.missing AND NOT image.removed AND ($classes IS NULL OR list_contains($classes, detection.class_index))
GROUP BY ALL ORDER BY y, x
