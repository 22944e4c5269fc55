-- out: batch, acts, n, n_standing, n_images, who, decided_at, reason of the newest batches, newest first
SELECT batch, list_sort(list_distinct(list(act))) AS acts, count(*) AS n,
    count(*) FILTER (id NOT IN (SELECT undoes FROM decision WHERE undoes IS NOT NULL)) AS n_standing,
    count(DISTINCT image_id) AS n_images, min(who) AS who, max(decided_at) AS decided_at, min(reason) AS reason
FROM decision
WHERE dataset_id = $dataset_id AND act <> 'undo'
GROUP BY batch
ORDER BY max(id) DESC
LIMIT $n_rows
