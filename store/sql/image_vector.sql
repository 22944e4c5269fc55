-- out: vector of one image
SELECT vector FROM {vector_table} WHERE image_id = $image_id
