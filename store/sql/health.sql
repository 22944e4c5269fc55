-- name: insert_health_limit
-- out: nothing
INSERT INTO health_limit (id, dataset_id, name, value, who, set_at)
VALUES (nextval('health_limit_ids'), $dataset_id, $name, $value, $who, $set_at)

-- name: health_limits
-- out: dataset_id, name, value, who, set_at: the newest of each name, of a dataset and (0) of the workspace
SELECT dataset_id, name, value, who, set_at FROM health_limit
QUALIFY row_number() OVER (PARTITION BY dataset_id, name ORDER BY id DESC) = 1
ORDER BY dataset_id, name

-- name: insert_health_sample
-- out: nothing
INSERT INTO health_sample (taken_at, disk_free, disk_total, file_bytes, memory_free, memory_total, app_memory, n_waiting,
    n_running, n_images)
SELECT $taken_at, $disk_free, $disk_total, $file_bytes, $memory_free, $memory_total, $app_memory,
    (SELECT count(*) FROM job WHERE state = 'queued'), (SELECT count(*) FROM job WHERE state = 'running'),
    (SELECT count(*) FROM image)

-- name: drop_old_samples
-- out: nothing
DELETE FROM health_sample WHERE taken_at < $before

-- name: newest_sample_at
-- out: when the newest sample was taken
SELECT max(taken_at) FROM health_sample

-- name: health_samples
-- out: every column of health_sample, oldest first
SELECT * FROM health_sample ORDER BY taken_at

-- name: health_alerts
-- out: id, dataset_id, dataset (name; "" for the workspace), name, sentence, value, limit_value, raised_at, ended_at,
-- told (channels that took it), newest first; at most $n_rows
SELECT alert.id, alert.dataset_id, coalesce(dataset.name, '') AS dataset, alert.name, alert.sentence, alert.value,
    alert.limit_value, alert.raised_at, alert.ended_at,
    coalesce((SELECT list(DISTINCT channel ORDER BY channel) FROM health_delivery
        WHERE alert_id = alert.id AND delivered), []) AS told
FROM health_alert AS alert LEFT JOIN dataset ON dataset.id = alert.dataset_id
ORDER BY alert.id DESC LIMIT $n_rows

-- name: open_alerts
-- out: the same columns of those that stand
SELECT alert.id, alert.dataset_id, coalesce(dataset.name, '') AS dataset, alert.name, alert.sentence, alert.value,
    alert.limit_value, alert.raised_at, alert.ended_at, []::VARCHAR[] AS told
FROM health_alert AS alert LEFT JOIN dataset ON dataset.id = alert.dataset_id
WHERE alert.ended_at IS NULL ORDER BY alert.id

-- name: insert_alert
-- out: id of the new alert; no row where one of its name stands already, or began after $quiet_since
INSERT INTO health_alert (id, dataset_id, name, sentence, value, limit_value, raised_at)
SELECT nextval('health_alert_ids'), $dataset_id, $name, $sentence, $value, $limit_value, $raised_at
WHERE NOT EXISTS (SELECT 1 FROM health_alert WHERE dataset_id = $dataset_id AND name = $name
    AND (ended_at IS NULL OR raised_at > $quiet_since))
RETURNING id

-- name: end_alert
-- out: nothing
UPDATE health_alert SET ended_at = $ended_at WHERE id = $id AND ended_at IS NULL

-- name: alerts_to_tell
-- out: id, dataset_id, dataset, name, sentence, value, limit_value, raised_at, ended_at, told (empty), n_tries and last_try of alerts that
-- $channel has not taken, with fewer than $most tries and raised after $since, oldest first
SELECT alert.id, alert.dataset_id, coalesce(dataset.name, '') AS dataset, alert.name, alert.sentence, alert.value,
    alert.limit_value, alert.raised_at, alert.ended_at, []::VARCHAR[] AS told,
    count(delivery.alert_id) AS n_tries, max(delivery.tried_at) AS last_try
FROM health_alert AS alert
LEFT JOIN dataset ON dataset.id = alert.dataset_id
LEFT JOIN health_delivery AS delivery ON delivery.alert_id = alert.id AND delivery.channel = $channel
WHERE alert.raised_at >= $since
GROUP BY ALL
HAVING coalesce(bool_or(delivery.delivered), false) = false AND count(delivery.alert_id) < $most
ORDER BY alert.id

-- name: insert_delivery
-- out: nothing
INSERT INTO health_delivery (alert_id, channel, attempt, delivered, outcome, tried_at)
VALUES ($alert_id, $channel, $attempt, $delivered, $outcome, $tried_at)

-- name: newest_deliveries
-- out: channel, delivered, outcome, tried_at: the newest try of each channel
SELECT channel, delivered, outcome, tried_at FROM health_delivery
QUALIFY row_number() OVER (PARTITION BY channel ORDER BY tried_at DESC, attempt DESC) = 1
ORDER BY channel

-- name: last_good_runs
-- out: kind, finished_at of the newest complete run of each kind
SELECT kind, max(finished_at) AS finished_at FROM run
WHERE dataset_id = $dataset_id AND complete AND finished_at IS NOT NULL
GROUP BY kind ORDER BY kind

-- name: freshness
-- out: imported_at (the last import that ended), newest_picture (null: none), n_images, n_import_failures, n_files
SELECT dataset.imported_at,
    (SELECT max(image.imported_at) FROM image WHERE image.dataset_id = dataset.id) AS newest_picture,
    (SELECT count(*) FROM image WHERE image.dataset_id = dataset.id AND NOT image.missing) AS n_images,
    (SELECT count(*) FROM import_failure WHERE import_failure.dataset_id = dataset.id) AS n_import_failures
FROM dataset WHERE dataset.id = $dataset_id

-- name: jobs_by_day
-- out: day, state, n of the jobs that ended since $since, and n_failed, rows of theirs that failed, by day
SELECT date_trunc('day', finished_at)::TIMESTAMP AS day, state, count(*) AS n, coalesce(sum(n_failed), 0)::BIGINT AS n_failed
FROM job WHERE dataset_id = $dataset_id AND finished_at >= $since
GROUP BY ALL ORDER BY day, state

-- name: pictures_by_day
-- out: day, n of the images that came in that day and are there, by day
SELECT date_trunc('day', imported_at)::TIMESTAMP AS day, count(*) AS n FROM image
WHERE dataset_id = $dataset_id AND NOT missing GROUP BY ALL ORDER BY day

-- name: queue
-- out: n_waiting, n_running, waits_since (the oldest of those that wait; null: none) of the workspace
SELECT count(*) FILTER (state = 'queued') AS n_waiting, count(*) FILTER (state = 'running') AS n_running,
    min(created_at) FILTER (state = 'queued') AS waits_since
FROM job

-- name: failed_since
-- out: how many jobs of the dataset failed since $since
SELECT count(*) FROM job WHERE dataset_id = $dataset_id AND state = 'failed' AND finished_at >= $since
