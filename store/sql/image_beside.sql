-- out: image_id of the kept image after $image_id (or before it, where $before), going round
SELECT id AS image_id FROM current_image WHERE dataset_id = $dataset_id AND NOT missing AND NOT removed
ORDER BY CASE WHEN $before THEN id >= $image_id ELSE id <= $image_id END, CASE WHEN $before THEN -id ELSE id END
LIMIT 1
