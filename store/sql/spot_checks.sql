-- name: spot_check_frame
-- out: image_id, label_before (as imported), label_after, kept, doubted, label_checked (that run $label_run judged) of the
-- pictures that a check of a version (0: as it stands) may ask for, by image: those that can be seen and carry a label
-- before or after. A version knows nothing of what was imported later.
WITH state AS (FROM version_state($dataset_id, $version_id)),
doubt AS (
    SELECT DISTINCT image_id FROM label_issue WHERE run_id = $label_run AND kind IN ('label', 'duplicate')
)
SELECT image.id AS image_id, image.label AS label_before, state.label AS label_after, state.image_id IS NOT NULL AS kept,
    doubt.image_id IS NOT NULL AND opinion.label IS NOT NULL AS doubted, opinion.label AS label_checked
FROM image
LEFT JOIN state ON state.image_id = image.id
LEFT JOIN doubt ON doubt.image_id = image.id
LEFT JOIN (SELECT image_id, label FROM label_opinion WHERE run_id = $label_run) AS opinion ON opinion.image_id = image.id
WHERE image.dataset_id = $dataset_id AND NOT image.missing AND image.format <> 'POINT'
    AND (image.label IS NOT NULL OR state.label IS NOT NULL)
    AND ($version_id = 0 OR state.image_id IS NOT NULL
        OR image.imported_at <= (SELECT created_at FROM version WHERE id = $version_id))
ORDER BY image.id

-- name: insert_spot_check
-- out: id
INSERT INTO spot_check (id, dataset_id, version_id, label_run, design, class_names, n_reviewers, seed, who, started_at)
VALUES (nextval('spot_check_ids'), $dataset_id, $version_id, $label_run, $design, $class_names, $n_reviewers, $seed, $who,
    $started_at)
RETURNING id

-- name: insert_spot_check_items
-- out: nothing; items: the columns of spot_check_item but check_id
INSERT INTO spot_check_item (check_id, item, image_id, stratum, weight, first_item, after, label_before, label_after, kept,
    doubted, label_checked)
SELECT $check_id, item, image_id, stratum, weight, first_item, after, label_before, label_after, kept, doubted, label_checked
FROM items

-- name: insert_spot_check_cells
-- out: nothing; cells: the columns of spot_check_cell but check_id
INSERT INTO spot_check_cell (check_id, stratum, label_before, label_after, kept, doubted, n)
SELECT $check_id, stratum, label_before, label_after, kept, doubted, n FROM cells

-- name: list_spot_checks
-- out: id, dataset_id, version_id, version (its name; empty: as it stood), label_run, design, class_names, n_reviewers,
-- seed, who, started_at, closed_by, closed_at, n_pictures, n_twice of a dataset's checks, newest first
SELECT spot.id, spot.dataset_id, spot.version_id, coalesce(version.name, '') AS version, spot.label_run, spot.design,
    spot.class_names, spot.n_reviewers, spot.seed, spot.who, spot.started_at, spot.closed_by, spot.closed_at,
    item.n_pictures, item.n_twice
FROM spot_check AS spot
LEFT JOIN version ON version.id = spot.version_id
JOIN (
    SELECT check_id, count(*) FILTER (first_item IS NULL) AS n_pictures, count(*) FILTER (first_item IS NOT NULL) AS n_twice
    FROM spot_check_item GROUP BY check_id
) AS item ON item.check_id = spot.id
WHERE spot.dataset_id = $dataset_id
ORDER BY spot.id DESC

-- name: spot_check_items
-- out: item, image_id, sha256, stratum, weight, first_item, after, label_before, label_after, kept, doubted, label_checked of
-- a check, in the order in which they are asked
SELECT item.item, item.image_id, image.sha256, item.stratum, item.weight, item.first_item, item.after, item.label_before,
    item.label_after, item.kept, item.doubted, item.label_checked
FROM spot_check_item AS item JOIN image ON image.id = item.image_id
WHERE item.check_id = $check_id ORDER BY item.item

-- name: spot_check_cells
-- out: stratum, label_before, label_after, kept, doubted, n of a check: what the dataset held when it was drawn
SELECT stratum, label_before, label_after, kept, doubted, n FROM spot_check_cell WHERE check_id = $check_id

-- name: spot_check_answers
-- out: id, item, reviewer, said, class_index, answered_at, ms of a check, what counts of each reviewer, in order
SELECT id, item, reviewer, said, class_index, answered_at, ms FROM current_spot_check_answer
WHERE check_id = $check_id ORDER BY id

-- name: spot_check_newest_answer
-- out: item of a reviewer's newest answer that stands
SELECT item FROM current_spot_check_answer WHERE check_id = $check_id AND reviewer = $reviewer ORDER BY id DESC LIMIT 1

-- name: spot_check_is_open
-- out: n: 1 where a check of a dataset takes answers of a reviewer: it is not closed, and they have not handed in
SELECT count(*) AS n FROM spot_check
WHERE id = $check_id AND dataset_id = $dataset_id AND closed_at IS NULL
    AND NOT EXISTS (SELECT 1 FROM spot_check_submission WHERE check_id = $check_id AND reviewer = $reviewer)

-- name: spot_check_has_item
-- out: n: 1 where a check has an item, and class $class_index, if one is given
SELECT count(*) AS n FROM spot_check_item AS item JOIN spot_check AS spot ON spot.id = item.check_id
WHERE item.check_id = $check_id AND item.item = $item
    AND ($class_index IS NULL OR $class_index BETWEEN 0 AND len(spot.class_names) - 1)

-- name: insert_spot_check_answer
-- out: nothing
INSERT INTO spot_check_answer (id, check_id, item, reviewer, said, class_index, answered_at, ms)
VALUES (nextval('spot_check_answer_ids'), $check_id, $item, $reviewer, $said, $class_index, $answered_at, $ms)

-- name: insert_spot_check_submission
-- out: nothing
INSERT OR IGNORE INTO spot_check_submission (check_id, reviewer, submitted_at) VALUES ($check_id, $reviewer, $submitted_at)

-- name: spot_check_submissions
-- out: reviewer, submitted_at of those who have handed in, in that order
SELECT reviewer, submitted_at FROM spot_check_submission WHERE check_id = $check_id ORDER BY submitted_at, reviewer

-- name: close_spot_check
-- out: nothing
UPDATE spot_check SET closed_by = $who, closed_at = $closed_at
WHERE id = $check_id AND dataset_id = $dataset_id AND closed_at IS NULL
