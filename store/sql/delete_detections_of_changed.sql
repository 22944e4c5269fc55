-- out: nothing; known: id, changed
DELETE FROM detection WHERE image_id IN (SELECT id FROM known WHERE changed)
