-- name: land_collected
-- out: nothing; incoming: the columns of `collected` but run_id and dataset_id, and `why` for its reason; a row that landed before is replaced
INSERT OR REPLACE INTO collected (run_id, n, dataset_id, source, query, class, rank, page_url, file_url, title, author,
    licence, licence_version, licence_url, attribution, raw, outcome, reason, path, duplicate_of, sha256, etag, bytes,
    width, height, fetched_at)
SELECT $run_id, n, $dataset_id, source, query, class, rank, page_url, file_url, title, author, licence, licence_version,
    licence_url, attribution, raw, outcome, why, path, duplicate_of, sha256, etag, bytes, width, height, fetched_at
FROM incoming WHERE n IS NOT NULL

-- name: land_collected_asks
-- out: nothing; incoming: ask, source, query, class, n_wanted, n_requests, state, sentence of the rows without an n
INSERT OR REPLACE INTO collected_ask (run_id, ask, dataset_id, source, query, class, n_wanted, n_requests, state, sentence)
SELECT $run_id, ask, $dataset_id, source, query, class, n_wanted, n_requests, state, sentence
FROM incoming WHERE n IS NULL

-- name: collected_asks
-- out: ask, source, query, class_name, n_wanted, n_requests, state, sentence and what became of the candidates, of a
-- run, a row a question, in order; of a file the classes are its rows' own
SELECT ask.ask, ask.source, ask.query, ask.class AS class_name, ask.n_wanted, ask.n_requests, ask.state,
    coalesce(ask.sentence, '') AS sentence, count(collected.n) AS n_found,
    count(*) FILTER (outcome = 'kept') AS n_kept, count(*) FILTER (outcome = 'duplicate') AS n_duplicate,
    count(*) FILTER (outcome = 'duplicate' AND collected.reason = 'had already') AS n_had,
    count(*) FILTER (outcome = 'refused') AS n_refused, count(*) FILTER (outcome = 'failed') AS n_failed,
    count(*) FILTER (outcome = 'left') AS n_left,
    CAST(coalesce(sum(collected.bytes) FILTER (outcome = 'kept'), 0) AS BIGINT) AS n_bytes
FROM collected_ask AS ask
LEFT JOIN collected ON collected.run_id = ask.run_id AND collected.source = ask.source AND collected.query = ask.query
    AND (ask.source IN ('list', 'sidecars') OR collected.class IS NOT DISTINCT FROM ask.class)
WHERE ask.run_id = $run_id
GROUP BY ask.ask, ask.source, ask.query, ask.class, ask.n_wanted, ask.n_requests, ask.state, ask.sentence
ORDER BY ask.ask

-- name: collected_reasons
-- out: source, query, outcome, reason, n of a run's candidates that were not kept, the most first
SELECT source, query, outcome, coalesce(reason, '') AS reason, count(*) AS n
FROM collected WHERE run_id = $run_id AND outcome <> 'kept'
GROUP BY ALL ORDER BY n DESC, source, query, outcome, reason

-- name: collected_hosts
-- out: host, n: which hosts the pictures of a run that were fetched came from, the most first
SELECT lower(regexp_extract(file_url, '^[A-Za-z]+://([^/?#]+)', 1)) AS host, count(*) AS n
FROM collected WHERE run_id = $run_id AND fetched_at IS NOT NULL
GROUP BY host ORDER BY n DESC, host LIMIT $most

-- name: asks_that_ended
-- out: ask of a run's questions that have ended
SELECT ask FROM collected_ask WHERE run_id = $run_id AND state <> 'asking' ORDER BY ask

-- name: addresses_had
-- out: file_url, path of what the dataset's runs have fetched before: what was kept, and what was a duplicate
SELECT file_url, coalesce(max(path), max(duplicate_of)) AS path
FROM collected
WHERE dataset_id = $dataset_id AND run_id <> $run_id AND outcome IN ('kept', 'duplicate')
GROUP BY file_url

-- name: pictures_had
-- out: path, sha256, pixel_sha256, phash of the dataset's images, those that were removed too
SELECT path, sha256, pixel_sha256, phash FROM image WHERE dataset_id = $dataset_id AND NOT missing ORDER BY id

-- name: standing_takedowns
-- out: what, value of the wishes that stand for a dataset
SELECT DISTINCT what, value FROM takedown
WHERE (dataset_id = $dataset_id OR dataset_id = 0) AND withdrawn_at IS NULL ORDER BY what, value

-- name: files_with_origin
-- out: the columns of `incoming`, by path; where the folder itself says nothing, source_url and licence are
-- those that the picture was collected with
SELECT incoming.* REPLACE (
    coalesce(incoming.source_url, origin.source_url) AS source_url, coalesce(incoming.licence, origin.licence) AS licence
)
FROM incoming
LEFT JOIN (
    SELECT path, arg_min(coalesce(page_url, file_url), run_id) AS source_url,
        arg_min(licence || coalesce('-' || licence_version, ''), run_id) AS licence
    FROM collected WHERE dataset_id = $dataset_id AND outcome = 'kept' AND path IS NOT NULL GROUP BY path
) AS origin ON origin.path = incoming.path
ORDER BY incoming.path

-- name: n_collected
-- out: how many pictures of the dataset were collected
SELECT count(*) FROM collected WHERE dataset_id = $dataset_id AND outcome = 'kept'

-- name: n_collected_with_class
-- out: how many of them were asked for by a class
SELECT count(*) FROM collected WHERE dataset_id = $dataset_id AND outcome = 'kept' AND class IS NOT NULL
