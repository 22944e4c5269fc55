-- out: nothing; the rows of a run for the images in incoming, which a resumed job publishes again
DELETE FROM neighbour_list WHERE run_id = $run_id AND image_id IN (SELECT image_id FROM incoming)
