-- out: image_id, flagged, wrong of the images judged in the blind sample of run $run_id, by the newest act made there that stands
WITH last AS (
    SELECT image_id, arg_max(act, id) AS act FROM decision
    WHERE dataset_id = $dataset_id AND act IN ('keep', 'relabel', 'remove')
        AND json_extract_string(evidence, '$.queue') = 'blind' AND json_extract_string(evidence, '$.run') = $run_id::VARCHAR
        AND id NOT IN (SELECT undoes FROM decision WHERE undoes IS NOT NULL)
    GROUP BY image_id
)
SELECT image_id, image_id IN (SELECT image_id FROM label_issue WHERE run_id = $run_id) AS flagged, act <> 'keep' AS wrong
FROM last
ORDER BY image_id
