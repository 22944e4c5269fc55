-- out: x, y (cells of a $cells x $cells grid: the box's width and height as shares of the picture's), n boxes
SELECT least(greatest(floor($cells * (detection.x2 - detection.x1) / image.width), 0), $cells - 1)::INTEGER AS x,
    least(greatest(floor($cells * (detection.y2 - detection.y1) / image.height), 0), $cells - 1)::INTEGER AS y,
    count(*) AS n
FROM detection
JOIN current_image AS image ON image.id = detection.image_id
WHERE detection.run_id = $run_id AND detection.score >= $score AND image.dataset_id = $dataset_id
    AND NOT image.missing AND NOT image.removed AND ($classes IS NULL OR list_contains($classes, detection.class_index))
GROUP BY ALL ORDER BY y, x
