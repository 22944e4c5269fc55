-- out: nothing; incoming: image_id, sha256, vector; only for images that still have that content and no vector yet
INSERT INTO {vector_table}
SELECT incoming.image_id, incoming.vector, $run_id
FROM incoming
JOIN image ON image.id = incoming.image_id AND image.sha256 = incoming.sha256
WHERE incoming.vector IS NOT NULL AND incoming.image_id NOT IN (SELECT image_id FROM {vector_table})
