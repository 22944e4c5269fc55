-- out: dataset_id, width, height of an image
SELECT dataset_id, width, height FROM image WHERE id = $image_id
