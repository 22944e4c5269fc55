-- out: stability of a run's points, by image
SELECT stability FROM projection_point WHERE run_id = $run_id ORDER BY image_id
