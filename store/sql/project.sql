-- name: project_texts
-- out: field, edition, text, who, written_at of a dataset's project sheet as it reads now
SELECT field, edition, text, who, written_at FROM current_project_text WHERE dataset_id = $dataset_id ORDER BY field

-- name: project_history
-- out: field, edition, text, who, written_at of every wording of a field, newest first
SELECT field, edition, text, who, written_at FROM project_text
WHERE dataset_id = $dataset_id AND field = $field ORDER BY edition DESC LIMIT $n_rows

-- name: insert_project_text
-- out: nothing
INSERT INTO project_text (dataset_id, field, edition, text, who, written_at)
VALUES ($dataset_id, $field, $edition, $text, $who, $written_at)

-- name: next_timeline_note_id
-- out: id
SELECT nextval('timeline_note_ids')

-- name: timeline_notes
-- out: id, edition, day, text, who, written_at of a dataset's notes, the oldest day first
SELECT id, edition, day::TIMESTAMP AS day, text, who, written_at
FROM current_timeline_note WHERE dataset_id = $dataset_id ORDER BY day, id

-- name: insert_timeline_note
-- out: nothing
INSERT INTO timeline_note (id, dataset_id, edition, day, text, forgotten, who, written_at)
VALUES ($note_id, $dataset_id, $edition, CAST($day AS DATE), $text, $forgotten, $who, $written_at)

-- name: what_happened
-- out: happened_at, kind (import, run, decisions, version, claim), what (the run's kind, the act, the name), n, who: what was done
-- to a dataset, decisions counted by day, act and person; the oldest first
SELECT happened_at, kind, what, n, who FROM (
    SELECT finished_at AS happened_at, CASE kind WHEN 'import' THEN 'import' ELSE 'run' END AS kind, kind AS what,
        1::BIGINT AS n, '' AS who
    FROM run WHERE dataset_id = $dataset_id AND complete AND finished_at IS NOT NULL
    UNION ALL
    SELECT min(decided_at) AS happened_at, 'decisions' AS kind, act AS what, count(*) AS n, who
    FROM decision WHERE dataset_id = $dataset_id GROUP BY date_trunc('day', decided_at), act, who
    UNION ALL
    SELECT created_at AS happened_at, 'version' AS kind, name AS what, n_images AS n, who
    FROM version WHERE dataset_id = $dataset_id
    UNION ALL
    SELECT kept_at AS happened_at, 'claim' AS kind, sentence AS what, 1::BIGINT AS n, kept_by AS who
    FROM current_claim WHERE dataset_id = $dataset_id
)
ORDER BY happened_at, kind, what

-- name: changed_labels
-- out: image_id, sha256, path, given (class index as imported), label (as it counts now), reason, who (of the decision) of the
-- kept images whose label a person changed, in an order that the seed fixes; at most $n_rows
SELECT kept.id AS image_id, kept.sha256, kept.path, image.label AS given, kept.label, decision.reason, decision.who
FROM kept_image AS kept
JOIN image ON image.id = kept.id
JOIN standing_decision AS decision ON decision.image_id = kept.id AND decision.act = 'relabel'
WHERE kept.dataset_id = $dataset_id AND kept.label IS DISTINCT FROM image.label
QUALIFY row_number() OVER (PARTITION BY kept.id ORDER BY decision.id DESC) = 1
ORDER BY hash(kept.id, $seed) LIMIT $n_rows

-- name: removed_images
-- out: image_id, sha256, path, label (as it counts), reason, who of removed images, in an order that the seed fixes; at
-- most $n_rows
SELECT image.id AS image_id, image.sha256, image.path, image.label, decision.reason, decision.who
FROM current_image AS image
JOIN standing_decision AS decision ON decision.image_id = image.id AND decision.act = 'remove'
WHERE image.dataset_id = $dataset_id AND image.removed AND NOT image.missing
    AND image.id NOT IN (SELECT image_id FROM taken_down_image)
QUALIFY row_number() OVER (PARTITION BY image.id ORDER BY decision.id DESC) = 1
ORDER BY hash(image.id, $seed) LIMIT $n_rows

-- name: class_changes
-- out: class_index, n_given (images as imported, missing ones left out), n_now (kept images, by the label that counts now)
SELECT class_index, sum(given)::BIGINT AS n_given, sum(now)::BIGINT AS n_now FROM (
    SELECT label AS class_index, 1 AS given, 0 AS now FROM image WHERE dataset_id = $dataset_id AND NOT missing
    UNION ALL
    SELECT label AS class_index, 0 AS given, 1 AS now FROM kept_image WHERE dataset_id = $dataset_id
) WHERE class_index IS NOT NULL GROUP BY class_index ORDER BY class_index

-- name: source_counts
-- out: source, licence, n of kept images, the most first; both "" where they are not known
SELECT coalesce(nullif(trim(image.source), ''), origin.source, nullif(trim(dataset.source), ''), '') AS source,
    said.licence, count(*) AS n
FROM kept_image AS image
JOIN dataset ON dataset.id = image.dataset_id
JOIN image_licence AS said ON said.image_id = image.id
LEFT JOIN picture_origin AS origin ON origin.image_id = image.id
WHERE image.dataset_id = $dataset_id GROUP BY ALL ORDER BY n DESC, source, licence LIMIT $n_rows
