-- out: nothing; with a validation set, its confirmed pictures are the split val, their near duplicates are left out, and
-- what else is not test is train
INSERT INTO version_item
WITH confirmed AS (
    SELECT answer.image_id
    FROM validation_answer AS answer
    JOIN validation_candidate AS candidate ON candidate.run_id = answer.run_id AND candidate.image_id = answer.image_id
    JOIN current_image AS image ON image.id = answer.image_id AND image.label = candidate.label
    WHERE answer.run_id = $validation_run AND answer.dataset_id = $dataset_id AND answer.confirmed
),
near AS (
    SELECT near_id FROM validation_near
    WHERE run_id = $validation_run AND image_id IN (SELECT image_id FROM confirmed)
)
SELECT $version_id, id, sha256, label, labels,
    CASE
        WHEN $validation_run IS NULL THEN split
        WHEN id IN (SELECT image_id FROM confirmed) THEN 'val'
        WHEN split = 'test' THEN 'test'
        ELSE 'train'
    END
FROM current_image
WHERE dataset_id = $dataset_id AND NOT missing AND NOT removed
    AND (id NOT IN (SELECT near_id FROM near) OR id IN (SELECT image_id FROM confirmed))
