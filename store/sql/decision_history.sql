-- out: id, image_id, sha256, path, act, label_before, label_after, labels_before, labels_after, reason, evidence, batch, undoes, who, decided_at, stands; newest first
SELECT decision.id, decision.image_id, image.sha256, image.path, decision.act, decision.label_before,
    decision.label_after, decision.labels_before, decision.labels_after, decision.reason, decision.evidence,
    decision.batch, decision.undoes, decision.who, decision.decided_at,
    decision.act <> 'undo' AND decision.id NOT IN (SELECT undoes FROM decision WHERE undoes IS NOT NULL) AS stands
FROM decision JOIN image ON image.id = decision.image_id
WHERE decision.dataset_id = $dataset_id AND ($image_id IS NULL OR decision.image_id = $image_id)
ORDER BY decision.id DESC
LIMIT $n_rows
