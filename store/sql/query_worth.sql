-- name: query_worth
-- out: source, query, class_name, n_found, n_kept, n_duplicate, n_refused, n_failed, n_left (candidates of all runs), n_elsewhere (duplicates of
-- a picture that another query brought), n_survived (kept pictures that count now), n_removed, n_off_topic (removed as that, or outliers of
-- label check $label_run, among the kept), n_judged (kept ones that it judged) of each source and query of a dataset
WITH row_of AS (
    SELECT source, query, coalesce(class, '') AS class, outcome, path, duplicate_of, sha256 FROM collected WHERE dataset_id = $dataset_id
),
brought AS (
    SELECT path, source, query FROM row_of WHERE outcome = 'kept' QUALIFY row_number() OVER (PARTITION BY path ORDER BY source, query) = 1
),
off_topic AS (
    SELECT image_id FROM label_issue WHERE run_id = $label_run AND kind = 'outlier'
    UNION
    SELECT image_id FROM standing_decision
    WHERE dataset_id = $dataset_id AND act = 'remove' AND regexp_matches(lower(coalesce(reason, '')), 'off.topic|outlier')
),
became AS (
    SELECT origin.source, origin.query, count(*) FILTER (NOT image.removed AND NOT image.missing) AS n_survived,
        count(*) FILTER (image.removed) AS n_removed,
        count(*) FILTER (image.id IN (FROM off_topic)) AS n_off_topic,
        count(*) FILTER (image.id IN (SELECT image_id FROM label_opinion WHERE run_id = $label_run)) AS n_judged
    FROM picture_origin AS origin JOIN current_image AS image ON image.id = origin.image_id
    WHERE origin.dataset_id = $dataset_id AND image.dataset_id = $dataset_id
    GROUP BY ALL
)
SELECT found.source, found.query, min(found.class) AS class_name, count(*) AS n_found, count(*) FILTER (found.outcome = 'kept') AS n_kept,
    count(*) FILTER (found.outcome = 'duplicate') AS n_duplicate, count(*) FILTER (found.outcome = 'refused') AS n_refused,
    count(*) FILTER (found.outcome = 'failed') AS n_failed, count(*) FILTER (found.outcome = 'left') AS n_left,
    count(*) FILTER (found.outcome = 'duplicate' AND brought.path IS NOT NULL
        AND (brought.source, brought.query) <> (found.source, found.query)) AS n_elsewhere,
    coalesce(any_value(became.n_survived), 0) AS n_survived, coalesce(any_value(became.n_removed), 0) AS n_removed,
    coalesce(any_value(became.n_off_topic), 0) AS n_off_topic, coalesce(any_value(became.n_judged), 0) AS n_judged
FROM row_of AS found
LEFT JOIN brought ON brought.path = found.duplicate_of
LEFT JOIN became ON became.source = found.source AND became.query = found.query
GROUP BY found.source, found.query
ORDER BY n_survived DESC, found.source, found.query

-- name: query_overlap
-- out: source, query, other_source, other_query, n: pictures of one query that the other query had brought before, the most first
SELECT found.source, found.query, brought.source AS other_source, brought.query AS other_query, count(*) AS n
FROM collected AS found
JOIN (
    SELECT path, source, query FROM collected WHERE dataset_id = $dataset_id AND outcome = 'kept'
    QUALIFY row_number() OVER (PARTITION BY path ORDER BY source, query) = 1
) AS brought ON brought.path = found.duplicate_of
WHERE found.dataset_id = $dataset_id AND found.outcome = 'duplicate' AND (brought.source, brought.query) <> (found.source, found.query)
GROUP BY ALL ORDER BY n DESC, found.source, found.query LIMIT $n_rows

-- name: named_pairs
-- out: label, predicted, n of the kept images with one label that zero-shot run $run_id named
SELECT image.label, list_position(told.probabilities, list_max(told.probabilities)) - 1 AS predicted, count(*) AS n
FROM prediction AS told JOIN kept_image AS image ON image.id = told.image_id
WHERE told.run_id = $run_id AND image.dataset_id = $dataset_id AND image.label IS NOT NULL
GROUP BY ALL ORDER BY image.label, predicted
