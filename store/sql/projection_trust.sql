-- out: trust of a run's points, by image
SELECT trust FROM projection_point WHERE run_id = $run_id ORDER BY image_id
