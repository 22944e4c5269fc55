-- out: image_id of the acts that the rows of incoming (undoes, who, decided_at) take back
INSERT INTO decision
SELECT (SELECT coalesce(max(id), 0) FROM decision) + row_number() OVER (ORDER BY incoming.undoes DESC),
    standing.dataset_id, standing.image_id, 'undo', image.label, NULL, image.labels, NULL, NULL, NULL, $batch,
    standing.id, incoming.who, incoming.decided_at
FROM incoming JOIN decision AS standing ON standing.id = incoming.undoes
JOIN current_image AS image ON image.id = standing.image_id
RETURNING image_id
