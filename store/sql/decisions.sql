-- name: acts_to_undo
-- out: act, once each: of the acts of $batch (or the act $decision_id) that stand
SELECT DISTINCT act FROM standing_decision
WHERE dataset_id = $dataset_id AND (batch = $batch OR id = $decision_id)

-- name: insert_undo
-- out: act, undone image_id: an undo of each act of $batch (or of the act $decision_id) that stands
INSERT INTO decision (id, dataset_id, image_id, act, label_before, label_after, labels_before, labels_after, reason, evidence, batch,
    undoes, who, decided_at)
SELECT (SELECT coalesce(max(id), 0) FROM decision) + row_number() OVER (ORDER BY standing.id DESC),
    standing.dataset_id, standing.image_id, 'undo', image.label, NULL, image.labels, NULL, $reason, NULL, $batch_of_undo,
    standing.id, $who, $decided_at
FROM standing_decision AS standing JOIN current_image AS image ON image.id = standing.image_id
WHERE standing.dataset_id = $dataset_id
    AND (standing.batch = $batch OR standing.id = $decision_id)
RETURNING image_id, undoes

-- name: undone_acts
-- out: image_id, act, label_after, labels_after, reason, evidence of the acts of a batch that were taken back, in
-- order
SELECT image_id, act, label_after, labels_after, reason, evidence FROM decision
WHERE dataset_id = $dataset_id AND batch = $batch AND act <> 'undo'
    AND id IN (SELECT undoes FROM decision WHERE undoes IS NOT NULL)
ORDER BY id

-- name: latest_standing_batch
-- out: batch of the newest act that stands, of anybody or of $who
SELECT batch FROM standing_decision
WHERE dataset_id = $dataset_id AND ($who IS NULL OR who = $who)
ORDER BY id DESC
LIMIT 1

-- name: batch_images
-- out: image_id of each image that an act of $batch is about
SELECT image_id FROM decision WHERE dataset_id = $dataset_id AND batch = $batch AND act <> 'undo' GROUP BY image_id ORDER BY min(id)

-- name: decision_history
-- out: id, image_id, sha256, path, act, label_before, label_after, labels_before, labels_after, reason, evidence,
-- batch, undoes, who, decided_at, stands; newest first
SELECT decision.id, decision.image_id, image.sha256, image.path, decision.act, decision.label_before,
    decision.label_after, decision.labels_before, decision.labels_after, decision.reason, decision.evidence,
    decision.batch, decision.undoes, decision.who, decision.decided_at,
    decision.act <> 'undo' AND decision.id NOT IN (SELECT undoes FROM decision WHERE undoes IS NOT NULL) AS stands
FROM decision JOIN image ON image.id = decision.image_id
WHERE decision.dataset_id = $dataset_id AND ($image_id IS NULL OR decision.image_id = $image_id)
ORDER BY decision.id DESC
LIMIT $n_rows

-- name: decision_batches
-- out: batch, acts, n, n_standing, n_images, who, decided_at, reason of the newest batches, newest first
SELECT batch, list_sort(list_distinct(list(act))) AS acts, count(*) AS n,
    count(*) FILTER (id NOT IN (SELECT undoes FROM decision WHERE undoes IS NOT NULL)) AS n_standing,
    count(DISTINCT image_id) AS n_images, min(who) AS who, max(decided_at) AS decided_at, min(reason) AS reason
FROM decision
WHERE dataset_id = $dataset_id AND act <> 'undo'
GROUP BY batch
ORDER BY max(id) DESC
LIMIT $n_rows

-- name: decision_counts
-- out: act, n, n_images of the acts that stand
SELECT act, count(*) AS n, count(DISTINCT image_id) AS n_images FROM standing_decision
WHERE dataset_id = $dataset_id
GROUP BY act
ORDER BY act

-- name: decision_disagreements
-- out: image_id, sha256, path, acts: images on which people's last standing acts differ; acts is a list of {id, who,
-- act, label, labels, decided_at}
WITH standing AS (
    SELECT * FROM standing_decision
    WHERE dataset_id = $dataset_id AND act IN ('keep', 'relabel', 'remove', 'restore')
),
last AS (
    SELECT image_id, who, arg_max(CASE act WHEN 'restore' THEN 'keep' ELSE act END, id) AS act,
        arg_max(coalesce(label_after, -1), id) AS label, arg_max(labels_after, id) AS labels,
        max(decided_at) AS decided_at, max(id) AS id
    FROM standing GROUP BY image_id, who
)
SELECT last.image_id, any_value(image.sha256) AS sha256, any_value(image.path) AS path,
    list({'id': last.id, 'who': who, 'act': act, 'label': nullif(label, -1), 'labels': labels, 'decided_at': last.decided_at} ORDER BY last.decided_at)
        AS acts
FROM last JOIN (
    SELECT id, sha256, path FROM image
) AS image ON image.id = last.image_id
GROUP BY last.image_id
HAVING count(DISTINCT (act, label)) > 1
ORDER BY last.image_id
LIMIT $n_rows

-- name: insert_decisions
-- out: image_id of the acts of incoming (n, batch, who, image_id, act, label_after, labels_after, reason, evidence)
-- that were added
INSERT INTO decision (id, dataset_id, image_id, act, label_before, label_after, labels_before, labels_after, reason, evidence, batch,
    undoes, who, decided_at)
SELECT (SELECT coalesce(max(id), 0) FROM decision) + row_number() OVER (ORDER BY incoming.n),
    $dataset_id, incoming.image_id, incoming.act, image.label, incoming.label_after, image.labels,
    incoming.labels_after, incoming.reason, incoming.evidence, incoming.batch, NULL, incoming.who, $decided_at
FROM incoming JOIN current_image AS image ON image.id = incoming.image_id AND image.dataset_id = $dataset_id
RETURNING image_id
