-- out: split of a run's points, each once, by name (null first)
SELECT DISTINCT image.split FROM projection_point JOIN image ON image.id = projection_point.image_id
WHERE projection_point.run_id = $run_id ORDER BY image.split NULLS FIRST
