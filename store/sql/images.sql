-- name: import_todo
-- out: path, label, labels, split, source_url, licence, known; the files of `incoming` that are new or changed, or
-- failed before; all where $again
SELECT incoming.path, incoming.label, incoming.labels, incoming.split, incoming.source_url, incoming.licence,
    image.id IS NOT NULL AS known
FROM incoming
LEFT JOIN image ON image.dataset_id = $dataset_id AND image.path = incoming.path
WHERE $again OR image.id IS NULL OR image.missing OR incoming.bytes IS NULL
    OR image.bytes <> incoming.bytes OR image.mtime_ns <> incoming.mtime_ns
ORDER BY incoming.path

-- name: update_dataset
-- out: nothing
UPDATE dataset SET task = $task, layout = $layout, import_options = $import_options, n_files = $n_files,
    source = coalesce($source, source), licence = coalesce($licence, licence), imported_at = $imported_at
WHERE id = $id

-- name: known_classes
-- out: index, name as the source gave it, of every class there ever was, in order
SELECT index, name FROM class_name WHERE dataset_id = $dataset_id ORDER BY index

-- name: classes_that_met
-- out: before, now, n_both, n_before, n_now: of the images whose files are among `incoming` (path, label, labels), those
-- with the class `before` here and `now` there, of how many with either
WITH met AS (
    SELECT image.id, coalesce(image.labels, CASE WHEN image.label IS NULL THEN [] ELSE [image.label] END) AS before,
        coalesce(incoming.labels, CASE WHEN incoming.label IS NULL THEN [] ELSE [incoming.label] END) AS now
    FROM image JOIN incoming ON incoming.path = image.path
    WHERE image.dataset_id = $dataset_id
),
had AS (SELECT id, unnest(before) AS class FROM met),
has AS (SELECT id, unnest(now) AS class FROM met),
pairs AS (SELECT had.class AS before, has.class AS now, count(*) AS n_both FROM had JOIN has USING (id) GROUP BY ALL)
SELECT pairs.before, pairs.now, n_both, of_before.n AS n_before, of_now.n AS n_now
FROM pairs
JOIN (SELECT class, count(*) AS n FROM had GROUP BY class) AS of_before ON of_before.class = pairs.before
JOIN (SELECT class, count(*) AS n FROM has GROUP BY class) AS of_now ON of_now.class = pairs.now

-- name: changed_class_names
-- out: subject: 'names' where `incoming` (index, name) has a class that is new, or called otherwise
SELECT DISTINCT 'names' AS subject FROM (SELECT index, name FROM incoming
    EXCEPT SELECT index, name FROM class_name WHERE dataset_id = $dataset_id)

-- name: gone_images
-- out: subject: 'pictures' where an image's file is not among `incoming`'s paths any more
SELECT DISTINCT 'pictures' AS subject FROM image
WHERE dataset_id = $dataset_id AND NOT missing AND path NOT IN (SELECT path FROM incoming)

-- name: changed_in_source
-- out: subject: 'labels', 'splits' where those of a known image are others in `incoming`
SELECT DISTINCT unnest(list_concat(
    CASE WHEN image.label IS DISTINCT FROM incoming.label OR image.labels IS DISTINCT FROM incoming.labels THEN ['labels'] ELSE [] END,
    CASE WHEN image.split IS DISTINCT FROM incoming.split THEN ['splits'] ELSE [] END)) AS subject
FROM image JOIN incoming ON incoming.path = image.path
WHERE image.dataset_id = $dataset_id

-- name: changed_images
-- out: subject: 'pictures' where `incoming` has an image that is new or back, another file or other pixels of a known
-- one, or a file that can no longer be read
SELECT DISTINCT 'pictures' AS subject
FROM incoming LEFT JOIN image ON image.dataset_id = $dataset_id AND image.path = incoming.path
WHERE CASE WHEN incoming.code IS NULL
    THEN image.id IS NULL OR image.missing OR image.sha256 <> incoming.sha256
        OR image.pixel_sha256 <> incoming.pixel_sha256 OR image.phash <> incoming.phash
    ELSE NOT coalesce(image.missing, true) END

-- name: upsert_class_names
-- out: nothing; incoming: index, name; a corrected name stays
INSERT INTO class_name (dataset_id, index, name) SELECT $dataset_id, index, name FROM incoming
ON CONFLICT (dataset_id, index) DO UPDATE SET name = excluded.name

-- name: class_that_came_back
-- out: nothing; incoming: index, name of the classes of the source
DELETE FROM gone_class WHERE dataset_id = $dataset_id AND index IN (SELECT index FROM incoming)

-- name: class_that_has_gone
-- out: nothing; incoming: index, name of the classes of the source
INSERT INTO gone_class (dataset_id, index)
SELECT dataset_id, index FROM class_name WHERE dataset_id = $dataset_id AND index NOT IN (SELECT index FROM incoming)
ON CONFLICT DO NOTHING

-- name: mark_missing_images
-- out: id of each image whose file is not among `incoming`'s paths any more
UPDATE image SET missing = true
WHERE dataset_id = $dataset_id AND NOT missing AND path NOT IN (SELECT path FROM incoming)
RETURNING id

-- name: delete_gone_failures
-- out: nothing; failures of files that are not there any more
DELETE FROM import_failure WHERE dataset_id = $dataset_id AND path NOT IN (SELECT path FROM incoming)

-- name: relabel_from_source
-- out: id of each known image whose given label, split or source changed in the source
UPDATE image SET label = incoming.label, labels = incoming.labels, split = incoming.split,
    source_url = incoming.source_url, source = incoming.source, licence = incoming.licence
FROM incoming
WHERE image.dataset_id = $dataset_id AND image.path = incoming.path
    AND (image.label IS DISTINCT FROM incoming.label OR image.labels IS DISTINCT FROM incoming.labels
        OR image.split IS DISTINCT FROM incoming.split OR image.source_url IS DISTINCT FROM incoming.source_url
        OR image.source IS DISTINCT FROM incoming.source OR image.licence IS DISTINCT FROM incoming.licence)
RETURNING image.id

-- name: delete_label_problems
-- out: nothing
DELETE FROM label_problem WHERE dataset_id = $dataset_id

-- name: insert_label_problems
-- out: nothing; incoming: key, code, reason, value
INSERT INTO label_problem (dataset_id, key, code, reason, value, run_id)
SELECT $dataset_id, key, code, reason, value, $run_id FROM incoming

-- name: delete_landed_failures
-- out: nothing; earlier failures of the files in `incoming`
DELETE FROM import_failure WHERE dataset_id = $dataset_id AND path IN (SELECT path FROM incoming)

-- name: insert_failures
-- out: nothing; incoming: path, code, reason, bytes, mtime_ns (rows with a code)
INSERT INTO import_failure (dataset_id, path, code, reason, bytes, mtime_ns, run_id)
SELECT $dataset_id, path, code, reason, bytes, mtime_ns, $run_id FROM incoming WHERE code IS NOT NULL

-- name: mark_failed_images
-- out: nothing; an image whose file cannot be read any more counts as missing
UPDATE image SET missing = true
WHERE dataset_id = $dataset_id AND path IN (SELECT path FROM incoming WHERE code IS NOT NULL)

-- name: images_present
-- out: id, path, changed of each image that is in the file already; changed: its content differs in `incoming`, or
-- it is shown in another way than before
SELECT image.id, image.path, incoming.code IS NULL AND (
    incoming.sha256 <> image.sha256
    OR (coalesce(incoming.rendering, image.rendering) IS NOT NULL AND incoming.pixel_sha256 IS DISTINCT FROM image.pixel_sha256)
) AS changed
FROM image JOIN incoming ON incoming.path = image.path
WHERE image.dataset_id = $dataset_id

-- name: delete_vectors
-- out: nothing; present: id, changed
DELETE FROM {vector_table} WHERE image_id IN (SELECT id FROM present WHERE changed)

-- name: delete_detections_of_changed
-- out: nothing; present: id, changed
DELETE FROM detection WHERE image_id IN (SELECT id FROM present WHERE changed)

-- name: delete_scans_of_changed
-- out: nothing; present: id, changed
DELETE FROM detection_scan WHERE image_id IN (SELECT id FROM present WHERE changed)

-- name: update_images
-- out: nothing; images there of `incoming` take its values and keep their ids
UPDATE image SET sha256 = incoming.sha256, pixel_sha256 = incoming.pixel_sha256, phash = incoming.phash,
    width = incoming.width, height = incoming.height, bytes = incoming.bytes, mtime_ns = incoming.mtime_ns,
    format = incoming.format, mode = incoming.mode, n_frames = incoming.n_frames,
    label = incoming.label, labels = incoming.labels, split = incoming.split,
    source_url = incoming.source_url, source = incoming.source, licence = incoming.licence,
    brightness = incoming.brightness, contrast = incoming.contrast, sharpness = incoming.sharpness,
    entropy = incoming.entropy, has_thumb = incoming.has_thumb, has_position = incoming.has_position,
    rendering = incoming.rendering,
    missing = false,
    run_id = $run_id, imported_at = $imported_at
FROM incoming
WHERE image.dataset_id = $dataset_id AND image.path = incoming.path AND incoming.code IS NULL

-- name: insert_images
-- out: nothing; images of `incoming` that are not there yet, numbered in its order
INSERT INTO image (id, dataset_id, path, sha256, pixel_sha256, phash, width, height, bytes, mtime_ns, format, mode,
    n_frames, label, labels, split, source_url, source, licence, brightness, contrast, sharpness, entropy, has_thumb, has_position,
    rendering, missing, run_id, imported_at)
SELECT nextval('image_ids'), $dataset_id, path, sha256, pixel_sha256, phash, width, height, bytes, mtime_ns, format, mode,
    n_frames, label, labels, split, source_url, source, licence, brightness, contrast, sharpness, entropy, has_thumb, has_position,
    rendering, false, $run_id, $imported_at
FROM incoming
WHERE code IS NULL AND path NOT IN (SELECT path FROM present)

-- name: import_totals
-- out: n_images, n_missing, n_failures, n_label_problems, n_exact_groups
SELECT
    (SELECT count(*) FROM image WHERE dataset_id = $dataset_id AND NOT missing) AS n_images,
    (SELECT count(*) FROM image WHERE dataset_id = $dataset_id AND missing) AS n_missing,
    (SELECT count(*) FROM import_failure WHERE dataset_id = $dataset_id) AS n_failures,
    (SELECT count(*) FROM label_problem WHERE dataset_id = $dataset_id) AS n_label_problems,
    (SELECT count(*) FROM (SELECT sha256 FROM image WHERE dataset_id = $dataset_id AND NOT missing GROUP BY sha256 HAVING count(*) > 1)) AS n_exact_groups

-- name: numbers_of_images
-- out: image_id of all images of a dataset, those that are missing or removed as well
SELECT id AS image_id FROM image WHERE dataset_id = $dataset_id
