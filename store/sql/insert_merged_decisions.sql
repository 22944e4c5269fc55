-- out: image_id of the acts of incoming (n, image_id, act, label_after, labels_after, reason, evidence, who, decided_at) that were added
INSERT INTO decision
SELECT (SELECT coalesce(max(id), 0) FROM decision) + row_number() OVER (ORDER BY incoming.n),
    $dataset_id, incoming.image_id, incoming.act, image.label, incoming.label_after, image.labels,
    incoming.labels_after, incoming.reason, incoming.evidence, $batch, NULL, incoming.who, incoming.decided_at
FROM incoming JOIN current_image AS image ON image.id = incoming.image_id AND image.dataset_id = $dataset_id
RETURNING image_id
