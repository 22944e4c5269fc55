-- name: next_claim_id
-- out: id
SELECT nextval('claim_ids')

-- name: next_claim_take
-- out: take
SELECT nextval('claim_takes')

-- name: newest_edition
-- out: edition, forgotten, who, written_at of the newest edition of claim $claim_id of a dataset; no row where there is none
SELECT edition, forgotten, who, written_at FROM claim
WHERE id = $claim_id AND dataset_id = $dataset_id
ORDER BY edition DESC LIMIT 1

-- name: insert_claim
-- out: nothing
INSERT INTO claim (id, dataset_id, edition, sentence, measures, page, query, forgotten, who, written_at)
VALUES ($claim_id, $dataset_id, $edition, $sentence, $measures, $page, $query, $forgotten, $who, $written_at)

-- name: insert_claim_values
-- out: nothing; incoming: the columns of claim_value
INSERT INTO claim_value (claim_id, take, occasion, version_id, name, number, unit, low, high, method, n, run_ids,
    evaluation_set, version, generation, weak, reason, last_decision, who, measured_at)
SELECT claim_id, take, occasion, version_id, name, number, unit, low, high, method, n, run_ids,
    evaluation_set, version, generation, weak, reason, last_decision, who, measured_at
FROM incoming

-- name: list_claims
-- out: id, edition, sentence, measures, page, query, who, written_at, kept_by, kept_at of a dataset's claims, the oldest first
SELECT id, edition, sentence, measures, page, query, who, written_at, kept_by, kept_at
FROM current_claim WHERE dataset_id = $dataset_id ORDER BY id

-- name: claim_values
-- out: the columns of claim_value of a dataset's claims: of each, the newest take (of those kept alone where $kept)
SELECT value.*
FROM claim_value AS value JOIN current_claim ON current_claim.id = value.claim_id
WHERE current_claim.dataset_id = $dataset_id AND (NOT $kept OR value.occasion = 'kept')
QUALIFY value.take = max(value.take) OVER (PARTITION BY value.claim_id)
ORDER BY value.claim_id, value.name

-- name: claim_history
-- out: the columns of claim_value of claim $claim_id, newest first, and frozen: the name of the version of that occasion;
-- at most $n_rows
SELECT value.*, version.name AS frozen
FROM claim_value AS value LEFT JOIN version ON version.id = value.version_id
WHERE value.claim_id = $claim_id AND value.claim_id IN (SELECT id FROM claim WHERE dataset_id = $dataset_id)
ORDER BY value.take DESC, value.name
LIMIT $n_rows

-- name: newest_decision_id
-- out: id of the dataset's newest decision, 0 without one
SELECT coalesce(max(id), 0) FROM decision WHERE dataset_id = $dataset_id

-- name: acts_between
-- out: act, n, n_images, who (names), since, until of the acts on a dataset after decision $after up to $up_to, by act
SELECT act, count(*) AS n, count(DISTINCT image_id) AS n_images, list_sort(list_distinct(list(who))) AS who,
    min(decided_at) AS since, max(decided_at) AS until
FROM decision WHERE dataset_id = $dataset_id AND id > $after AND id <= $up_to
GROUP BY act ORDER BY act

-- name: runs_between
-- out: run_id, kind, finished_at of the dataset's runs that were finished after $after and by $up_to, oldest first
SELECT id AS run_id, kind, finished_at FROM run
WHERE dataset_id = $dataset_id AND complete AND finished_at > $after AND finished_at <= $up_to ORDER BY id

-- name: newest_finished
-- out: finished_at of the dataset's run that was finished last; null without one
SELECT max(finished_at) FROM run WHERE dataset_id = $dataset_id AND complete

-- name: licence_counts
-- out: n (kept images), n_known: those whose licence is known, their own or their dataset's
SELECT count(*) AS n,
    count(*) FILTER (said.licence <> '') AS n_known
FROM kept_image AS image JOIN image_licence AS said ON said.image_id = image.id
WHERE image.dataset_id = $dataset_id

-- name: eye_counts
-- out: n (kept images with a label), n_checked: those whose label a person kept or gave
SELECT count(*) AS n, count(*) FILTER (image.id IN (
    SELECT image_id FROM standing_decision WHERE dataset_id = $dataset_id AND act IN ('keep', 'relabel')
)) AS n_checked
FROM kept_image AS image
WHERE image.dataset_id = $dataset_id AND (image.label IS NOT NULL OR coalesce(len(image.labels), 0) > 0)

-- name: eye_counts_of_budget
-- out: n, n_checked: as in eye_counts, of the pictures that data budget $run_id was judged on
SELECT count(*) AS n, count(*) FILTER (item.image_id IN (
    SELECT image_id FROM standing_decision WHERE dataset_id = $dataset_id AND act IN ('keep', 'relabel')
)) AS n_checked
FROM budget_evaluation AS item WHERE item.run_id = $run_id
