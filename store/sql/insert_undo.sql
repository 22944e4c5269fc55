-- out: act, undone image_id: an undo of each act of $batch (or of the act $decision_id) that stands
INSERT INTO decision
SELECT (SELECT coalesce(max(id), 0) FROM decision) + row_number() OVER (ORDER BY standing.id DESC),
    standing.dataset_id, standing.image_id, 'undo', image.label, NULL, image.labels, NULL, $reason, NULL, $batch_of_undo,
    standing.id, $who, $decided_at
FROM decision AS standing JOIN current_image AS image ON image.id = standing.image_id
WHERE standing.dataset_id = $dataset_id AND standing.act <> 'undo'
    AND (standing.batch = $batch OR standing.id = $decision_id)
    AND standing.id NOT IN (SELECT undoes FROM decision WHERE undoes IS NOT NULL)
RETURNING image_id, undoes
