-- What a table says of where a picture is from: an address, or words ("camera 1"), which are no address.

ALTER TABLE image ADD COLUMN source VARCHAR;

UPDATE image SET source = nullif(trim(source_url), ''), source_url = NULL
WHERE source_url IS NOT NULL AND NOT regexp_matches(source_url, '^([A-Za-z][A-Za-z0-9+.-]*://|www\.)\S+$');

-- As before; a view does not take a new column up by itself.
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

CREATE OR REPLACE VIEW kept_image AS
SELECT * EXCLUDE (missing, removed) FROM current_image WHERE NOT missing AND NOT removed;
