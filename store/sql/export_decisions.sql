-- out: sha256, path, act, label_after, labels_after, reason, evidence, who, decided_at, undone_by, undone_at of every act but undos, oldest first
SELECT image.sha256, image.path, decision.act, decision.label_after, decision.labels_after, decision.reason,
    decision.evidence, decision.who, decision.decided_at, taken_back.who AS undone_by,
    taken_back.decided_at AS undone_at
FROM decision JOIN image ON image.id = decision.image_id
LEFT JOIN (SELECT undoes, min(who) AS who, min(decided_at) AS decided_at FROM decision WHERE undoes IS NOT NULL GROUP BY undoes)
    AS taken_back ON taken_back.undoes = decision.id
WHERE decision.dataset_id = $dataset_id AND decision.act <> 'undo'
ORDER BY decision.id
