-- What many statements mean by the same words, as views; and a count of writes that landing segments leave alone.

-- An act that was not taken back.
CREATE VIEW standing_decision AS
SELECT * FROM decision
WHERE act <> 'undo' AND id NOT IN (SELECT undoes FROM decision WHERE act = 'undo' AND undoes IS NOT NULL);

-- As before, but that it reads standing_decision.
CREATE OR REPLACE VIEW current_image AS
WITH decided AS (
    SELECT
        image_id,
        arg_max(label_after, id) FILTER (act = 'relabel') AS label,
        arg_max(labels_after, id) FILTER (act = 'relabel') AS labels,
        bool_or(act = 'relabel') AS relabelled,
        coalesce(arg_max(act, id) FILTER (act IN ('remove', 'restore')) = 'remove', false) AS removed
    FROM standing_decision
    GROUP BY image_id
)
SELECT
    image.* REPLACE (
        CASE WHEN decided.relabelled THEN decided.label ELSE image.label END AS label,
        CASE WHEN decided.relabelled THEN decided.labels ELSE image.labels END AS labels
    ),
    image.label AS given_label,
    image.labels AS given_labels,
    coalesce(decided.relabelled, false) AS relabelled,
    coalesce(decided.removed, false) AS removed
FROM image LEFT JOIN decided ON decided.image_id = image.id;

-- An image that counts: its file is there, and nobody has removed it.
CREATE VIEW kept_image AS
SELECT * EXCLUDE (missing, removed) FROM current_image WHERE NOT missing AND NOT removed;

CREATE OR REPLACE VIEW validation_answer AS
SELECT dataset_id, run_id, image_id, arg_max(act, id) = 'keep' AS confirmed
FROM (
    SELECT id, dataset_id, image_id, act,
        TRY_CAST(json_extract_string(evidence, '$.validation_run') AS INTEGER) AS run_id
    FROM standing_decision
    WHERE act IN ('keep', 'flag') AND evidence IS NOT NULL
)
WHERE run_id IS NOT NULL
GROUP BY dataset_id, run_id, image_id;

ALTER TABLE generation ADD COLUMN settled_value BIGINT NOT NULL DEFAULT 0;
UPDATE generation SET settled_value = value;
