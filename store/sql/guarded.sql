-- name: guarded_pictures
-- out: image_id, dataset_id, file_key, pixel_key (the first 64 bits of the two hashes), phash, width, height of all
-- images of $dataset_ids, those that are missing or removed as well
SELECT id AS image_id, dataset_id, coalesce(TRY_CAST('0x' || left(sha256, 16) AS UBIGINT), hash(sha256)) AS file_key,
    coalesce(TRY_CAST('0x' || left(pixel_sha256, 16) AS UBIGINT), hash(pixel_sha256)) AS pixel_key, phash, width, height
FROM image WHERE list_contains($dataset_ids, dataset_id) ORDER BY id

-- name: guarded_state
-- out: n (images), newest (id), imported (seconds) of $dataset_ids: other numbers once an image is new or another
SELECT count(*) AS n, coalesce(max(id), 0) AS newest, coalesce(epoch(max(imported_at)), 0) AS imported
FROM image WHERE list_contains($dataset_ids, dataset_id)

-- name: pictures_asked
-- out: key (image_id), dataset_id, file_key, pixel_key, phash, width, height, path (whole) of the images in `wanted`
-- (image_id)
SELECT image.id AS key, image.dataset_id,
    coalesce(TRY_CAST('0x' || left(image.sha256, 16) AS UBIGINT), hash(image.sha256)) AS file_key,
    coalesce(TRY_CAST('0x' || left(image.pixel_sha256, 16) AS UBIGINT), hash(image.pixel_sha256)) AS pixel_key,
    image.phash, image.width, image.height, dataset.root || '/' || image.path AS path
FROM wanted JOIN image ON image.id = wanted.image_id JOIN dataset ON dataset.id = image.dataset_id
ORDER BY image.id

-- name: people_scanned
-- out: image_id of those in `wanted` (image_id) that one of $run_ids looked at
SELECT DISTINCT scan.image_id
FROM wanted JOIN detection_scan AS scan ON scan.image_id = wanted.image_id
WHERE list_contains($run_ids, scan.run_id)

-- name: people_boxes
-- out: image_id, x1, y1, x2, y2 of the people that any of $run_ids found in those in `wanted` (image_id, min_score)
SELECT detection.image_id, detection.x1, detection.y1, detection.x2, detection.y2
FROM wanted JOIN detection ON detection.image_id = wanted.image_id
JOIN detected_class AS named ON named.run_id = detection.run_id AND named.class_index = detection.class_index
WHERE list_contains($run_ids, detection.run_id) AND detection.score >= wanted.min_score
    AND list_contains($people, lower(named.name))
ORDER BY detection.image_id, detection.x1, detection.y1

-- name: crops_of_things
-- out: image_id of those in `wanted` (image_id) that are no crop of people: the others are to be blurred whole
SELECT DISTINCT image.id AS image_id
FROM wanted JOIN image ON image.id = wanted.image_id
JOIN dataset_folder AS stood ON stood.dataset_id = image.dataset_id
JOIN run ON run.kind = 'crops' AND json_extract_string(run.parameters, '$.folder') = stood.folder
JOIN crop ON crop.run_id = run.id AND crop.path = image.path
WHERE NOT list_contains($people, lower(crop.class_name))

-- name: export_folder
-- out: the folder that the export $written_by (JOB/RUN) was written to; no row for one of another workspace
SELECT json_extract_string(parameters, '$.folder') FROM run
WHERE kind = 'export' AND job_id || '/' || id = $written_by

-- name: picture_parents
-- out: key, parent_id, is_same (a copy of its parent), is_thing (a crop of something that is no person) of the files in
-- `asked` (key, path) that an export or a job of crops of ours wrote, at any depth of its folder, or of where an
-- export lies now that was imported from there
WITH written AS (
    SELECT id AS run_id, kind, json_extract_string(parameters, '$.folder') AS folder
    FROM run WHERE kind IN ('export', 'crops')
    UNION
    SELECT run.id, run.kind, dataset.root
    FROM dataset JOIN run ON run.kind = 'export'
        AND run.job_id || '/' || run.id = json_extract_string(dataset.import_options, '$.exported_by')
    UNION
    SELECT run.id, run.kind, dataset.root
    FROM dataset JOIN dataset_folder AS stood ON stood.dataset_id = dataset.id
    JOIN run ON run.kind IN ('export', 'crops') AND json_extract_string(run.parameters, '$.folder') = stood.folder
),
inside AS (
    SELECT asked.key, written.run_id, written.kind, substr(asked.path, length(written.folder) + 2) AS path
    FROM asked JOIN written ON written.folder <> '' AND starts_with(asked.path, written.folder || '/')
)
SELECT inside.key, unnest([item.image_id, item.partner_id]) AS parent_id, item.technique IS NULL AS is_same,
    false AS is_thing
FROM inside JOIN export_item AS item ON item.run_id = inside.run_id AND item.path = inside.path
WHERE inside.kind = 'export'
UNION ALL
SELECT inside.key, crop.image_id, false, NOT list_contains($people, lower(crop.class_name))
FROM inside JOIN crop ON crop.run_id = inside.run_id AND crop.path = inside.path
WHERE inside.kind = 'crops'
