-- out: fits (whether the path contains $text, upper and lower case alike) of a run's points, by image
SELECT contains(lower(image.path), lower($text)) AS fits
FROM projection_point LEFT JOIN image ON image.id = projection_point.image_id
WHERE projection_point.run_id = $run_id
ORDER BY projection_point.image_id
