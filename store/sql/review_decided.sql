-- out: image_id of the images that somebody has kept, relabelled, removed or restored, where $blind_run is given only in its blind sample
SELECT DISTINCT image_id FROM decision
WHERE dataset_id = $dataset_id AND act IN ('keep', 'relabel', 'remove', 'restore')
    AND ($blind_run IS NULL OR (
        json_extract_string(evidence, '$.queue') = 'blind' AND json_extract_string(evidence, '$.run') = $blind_run::VARCHAR
    ))
    AND id NOT IN (SELECT undoes FROM decision WHERE undoes IS NOT NULL)
ORDER BY image_id
