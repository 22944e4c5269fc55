-- out: image_id of a selection's images, ascending
SELECT image_id FROM selection_image WHERE selection_id = $selection_id ORDER BY image_id
