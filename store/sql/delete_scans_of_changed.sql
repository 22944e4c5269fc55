-- out: nothing; known: id, changed
DELETE FROM detection_scan WHERE image_id IN (SELECT id FROM known WHERE changed)
