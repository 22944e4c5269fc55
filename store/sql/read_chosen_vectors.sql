-- out: row, vector of the images in chosen (row, image_id) that have one in this space
SELECT chosen.row, vectors.vector FROM {vector_table} AS vectors JOIN chosen ON chosen.image_id = vectors.image_id
