-- name: delete_collect_samples
-- out: nothing; samples but for the newest $n_kept runs that have some, run $run_id being the newest
DELETE FROM collect_sample
WHERE run_id NOT IN (
    SELECT run_id FROM (SELECT run_id FROM collect_sample UNION SELECT $run_id) AS runs ORDER BY run_id DESC LIMIT $n_kept
)

-- name: insert_collect_samples
-- out: nothing
INSERT INTO collect_sample (
    run_id, n, source, query, class, rank, page_url, file_url, title, author, licence, licence_version, licence_url, width,
    height, picture, reason
)
SELECT $run_id, n, source, query, class, rank, page_url, file_url, title, author, licence, licence_version, licence_url, width,
    height, picture, reason
FROM incoming

-- name: count_collect_samples
-- out: how many candidates a run sampled
SELECT count(*) FROM collect_sample WHERE run_id = $run_id

-- name: collect_samples
-- out: n, source, query, class, rank, page_url, file_url, title, author, licence, licence_version, licence_url, width, height,
-- picture (JPEG), reason of a run's sample, in the order found
SELECT n, source, query, class, rank, page_url, file_url, title, author, licence, licence_version, licence_url, width, height,
    picture, reason
FROM collect_sample
WHERE run_id = $run_id
ORDER BY n
