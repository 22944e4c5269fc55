-- out: n, image_id, known_id, stands: for each act of incoming its picture here (null: none, or several alike), and the same act if it is here
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
SELECT incoming.n, any_value(placed.image_id) AS image_id, min(decision.id) AS known_id,
    coalesce(bool_or(decision.id NOT IN (SELECT undoes FROM decision WHERE undoes IS NOT NULL)), false) AS stands
FROM incoming JOIN placed ON placed.n = incoming.n
LEFT JOIN decision ON decision.image_id = placed.image_id AND decision.act = incoming.act
    AND decision.who = incoming.who AND decision.decided_at = incoming.decided_at
    AND decision.label_after IS NOT DISTINCT FROM incoming.label_after
    AND decision.labels_after IS NOT DISTINCT FROM incoming.labels_after
GROUP BY incoming.n
ORDER BY incoming.n
