-- out: image_id, act, label_after, labels_after, reason, evidence of the acts of a batch that were taken back, in order
SELECT image_id, act, label_after, labels_after, reason, evidence FROM decision
WHERE dataset_id = $dataset_id AND batch = $batch AND act <> 'undo'
    AND id IN (SELECT undoes FROM decision WHERE undoes IS NOT NULL)
ORDER BY id
