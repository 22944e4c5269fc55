-- out: image_id, x, y of a run's points, by image
SELECT image_id, x, y FROM projection_point WHERE run_id = $run_id ORDER BY image_id
