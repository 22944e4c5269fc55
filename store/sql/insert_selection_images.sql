-- out: (nothing) adds the images of chosen (image_id) that dataset $dataset_id has to selection $selection_id, each once
INSERT INTO selection_image
SELECT DISTINCT $selection_id, image.id FROM image JOIN chosen ON chosen.image_id = image.id WHERE image.dataset_id = $dataset_id
