-- out: image_id of those among $image_ids that one of $run_ids looked at
SELECT DISTINCT image_id FROM detection_scan WHERE list_contains($run_ids, run_id) AND list_contains($image_ids, image_id)
