-- out: image_id, vector
SELECT image_id, vector FROM {vector_table} ORDER BY image_id
