-- out: nothing; known: id, changed
DELETE FROM {vector_table} WHERE image_id IN (SELECT id FROM known WHERE changed)
