-- out: image_id of each image that an act of $batch is about
SELECT image_id FROM decision WHERE dataset_id = $dataset_id AND batch = $batch AND act <> 'undo' GROUP BY image_id ORDER BY min(id)
