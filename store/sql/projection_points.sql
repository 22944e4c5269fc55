-- out: image_id, x, y, z (null on a flat map) of a run's points, by image
SELECT image_id, x, y, z FROM projection_point WHERE run_id = $run_id ORDER BY image_id
