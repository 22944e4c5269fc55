-- name: export_decisions
-- out: sha256, path, act, label_after, labels_after, reason, evidence, who, decided_at, undone_by, undone_at of
-- every act but undos, oldest first
SELECT image.sha256, image.path, decision.act, decision.label_after, decision.labels_after, decision.reason,
    decision.evidence, decision.who, decision.decided_at, taken_back.who AS undone_by,
    taken_back.decided_at AS undone_at
FROM decision JOIN image ON image.id = decision.image_id
LEFT JOIN (SELECT undoes, min(who) AS who, min(decided_at) AS decided_at FROM decision WHERE undoes IS NOT NULL GROUP BY undoes)
    AS taken_back ON taken_back.undoes = decision.id
WHERE decision.dataset_id = $dataset_id AND decision.act <> 'undo'
ORDER BY decision.id

-- name: match_decisions
-- out: n, image_id, is_here, standing: for each act of incoming its picture here (null: none, or several alike), whether
-- the same act is here, and the numbers of those that stand
WITH here AS (
    SELECT id, sha256, path FROM image WHERE dataset_id = $dataset_id AND sha256 IN (SELECT sha256 FROM incoming)
),
placed AS (
    SELECT incoming.n, coalesce(
            min(here.id) FILTER (here.path = incoming.path), CASE WHEN count(here.id) = 1 THEN min(here.id) END
        ) AS image_id
    FROM incoming LEFT JOIN here ON here.sha256 = incoming.sha256
    GROUP BY incoming.n
)
SELECT incoming.n, any_value(placed.image_id) AS image_id, count(decision.id) > 0 AS is_here,
    coalesce(list(decision.id ORDER BY decision.id) FILTER (
        decision.id IS NOT NULL AND decision.id NOT IN (SELECT undoes FROM decision WHERE undoes IS NOT NULL)
    ), []) AS standing
FROM incoming JOIN placed ON placed.n = incoming.n
LEFT JOIN decision ON decision.image_id = placed.image_id AND decision.act = incoming.act
    AND decision.who = incoming.who AND decision.decided_at = incoming.decided_at
    AND decision.label_after IS NOT DISTINCT FROM incoming.label_after
    AND decision.labels_after IS NOT DISTINCT FROM incoming.labels_after
GROUP BY incoming.n
ORDER BY incoming.n

-- name: insert_merged_decisions
-- out: image_id of the acts of incoming (n, image_id, act, label_after, labels_after, reason, evidence, who,
-- decided_at) that were added
INSERT INTO decision (id, dataset_id, image_id, act, label_before, label_after, labels_before, labels_after, reason, evidence, batch,
    undoes, who, decided_at)
SELECT (SELECT coalesce(max(id), 0) FROM decision) + row_number() OVER (ORDER BY incoming.n),
    $dataset_id, incoming.image_id, incoming.act, image.label, incoming.label_after, image.labels,
    incoming.labels_after, incoming.reason, incoming.evidence, $batch, NULL, incoming.who, incoming.decided_at
FROM incoming JOIN current_image AS image ON image.id = incoming.image_id AND image.dataset_id = $dataset_id
RETURNING image_id

-- name: insert_merged_undos
-- out: image_id of the acts that the rows of incoming (undoes, who, decided_at) take back
INSERT INTO decision (id, dataset_id, image_id, act, label_before, label_after, labels_before, labels_after, reason, evidence, batch,
    undoes, who, decided_at)
SELECT (SELECT coalesce(max(id), 0) FROM decision) + row_number() OVER (ORDER BY incoming.undoes DESC),
    standing.dataset_id, standing.image_id, 'undo', image.label, NULL, image.labels, NULL, NULL, NULL, $batch,
    standing.id, incoming.who, incoming.decided_at
FROM incoming JOIN decision AS standing ON standing.id = incoming.undoes
JOIN current_image AS image ON image.id = standing.image_id
RETURNING image_id

-- name: last_decisions
-- out: image_id, who, act, label, labels: the last standing act of each person on each image (restore counts as
-- keep)
WITH standing AS (
    SELECT * FROM standing_decision
    WHERE dataset_id = $dataset_id AND act IN ('keep', 'relabel', 'remove', 'restore')
)
SELECT image_id, who, arg_max(CASE act WHEN 'restore' THEN 'keep' ELSE act END, id) AS act,
    nullif(arg_max(coalesce(label_after, -1), id), -1) AS label, arg_max(coalesce(labels_after, []), id) AS labels
FROM standing
GROUP BY image_id, who
