-- name: insert_privacy
-- out: nothing
INSERT INTO privacy (id, dataset_id, blurs_people, least_score, who, decided_at)
VALUES (nextval('privacy_ids'), $dataset_id, $blurs_people, $min_score, $who, $decided_at)

-- name: privacy_now
-- out: dataset_id, id, blurs_people, min_score, who, decided_at: the switch of each dataset that ever had it
-- turned
SELECT dataset_id, max(id) AS id, arg_max(blurs_people, id) AS blurs_people, arg_max(least_score, id) AS min_score,
    arg_max(who, id) AS who, max(decided_at) AS decided_at
FROM privacy GROUP BY dataset_id ORDER BY dataset_id

-- name: crop_datasets
-- out: dataset_id of each dataset that consists of crops, origin (the dataset they were cut from)
SELECT DISTINCT stood.dataset_id, run.dataset_id AS origin
FROM dataset_folder AS stood
JOIN run ON run.kind = 'crops' AND json_extract_string(run.parameters, '$.folder') = stood.folder
ORDER BY dataset_id

-- name: people_runs
-- out: dataset_id, run_id, classes (indices) of each complete detection that knows people
SELECT run.dataset_id, run.id AS run_id, list(named.class_index ORDER BY named.class_index) AS classes
FROM run
JOIN detected_class AS named ON named.run_id = run.id AND list_contains($people, lower(named.name))
WHERE run.kind = 'detect' AND run.complete
GROUP BY ALL ORDER BY run.id

-- name: people_pictures
-- out: n_images (kept), n_scanned (that one of $run_ids looked at), n_with (people in them) of a dataset
WITH kept AS (
    SELECT id FROM kept_image WHERE dataset_id = $dataset_id
)
SELECT (SELECT count(*) FROM kept) AS n_images,
    (SELECT count(DISTINCT image_id) FROM detection_scan
        WHERE list_contains($run_ids, run_id) AND image_id IN (FROM kept)) AS n_scanned,
    (SELECT count(DISTINCT detection.image_id) FROM detection
        JOIN detected_class AS named ON named.run_id = detection.run_id AND named.class_index = detection.class_index
        WHERE list_contains($run_ids, detection.run_id) AND detection.score >= $score
            AND list_contains($people, lower(named.name)) AND detection.image_id IN (FROM kept)) AS n_with
