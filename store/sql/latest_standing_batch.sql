-- out: batch of the newest act that stands, of anybody or of $who
SELECT batch FROM decision
WHERE dataset_id = $dataset_id AND act <> 'undo' AND ($who IS NULL OR who = $who)
    AND id NOT IN (SELECT undoes FROM decision WHERE undoes IS NOT NULL)
ORDER BY id DESC
LIMIT 1
