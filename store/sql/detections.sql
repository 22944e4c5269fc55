-- name: images_to_detect
-- out: image_id, path, sha256, width, height of the kept images that run $run_id has not looked at yet
SELECT image.id AS image_id, image.path, image.sha256, image.width, image.height
FROM kept_image AS image
WHERE image.dataset_id = $dataset_id
    AND image.id NOT IN (SELECT image_id FROM detection_scan WHERE run_id = $run_id)
    AND image.id NOT IN (SELECT image_id FROM run_failure WHERE run_id = $run_id)
ORDER BY image.id

-- name: pictures_of_dataset
-- out: path, width, height of all images of the dataset, those that are removed or missing as well, by image
SELECT path, width, height FROM image WHERE dataset_id = $dataset_id ORDER BY id

-- name: insert_detections
-- out: nothing; incoming: image_id, sha256, reason, and a list each of classes, scores, x1, y1, x2, y2, areas,
-- masks (null where nothing of the image can be used); only for images that still have that content and were not looked at
-- yet. A reason beside them says what of the image was left out
INSERT INTO detection (run_id, image_id, class_index, score, x1, y1, x2, y2, area, mask)
SELECT $run_id, image_id, unnest(classes), unnest(scores), unnest(x1), unnest(y1), unnest(x2), unnest(y2), unnest(areas),
    unnest(masks)
FROM (
    SELECT incoming.*
    FROM incoming
    JOIN image ON image.id = incoming.image_id AND image.sha256 = incoming.sha256
    WHERE incoming.classes IS NOT NULL
        AND incoming.image_id NOT IN (SELECT image_id FROM detection_scan WHERE run_id = $run_id)
) AS fresh

-- name: insert_detection_scans
-- out: nothing; incoming: image_id, sha256, reason, classes (a list an image); only for images that still have that
-- content and were not looked at yet
INSERT INTO detection_scan (run_id, image_id, n_objects)
SELECT $run_id, incoming.image_id, len(incoming.classes)
FROM incoming
JOIN image ON image.id = incoming.image_id AND image.sha256 = incoming.sha256
WHERE incoming.classes IS NOT NULL
    AND incoming.image_id NOT IN (SELECT image_id FROM detection_scan WHERE run_id = $run_id)

-- name: insert_detected_classes
-- out: nothing; named: class_index, name; only those that the run has not named yet
INSERT INTO detected_class (run_id, class_index, name)
SELECT $run_id, class_index, name FROM named
WHERE class_index NOT IN (SELECT class_index FROM detected_class WHERE run_id = $run_id)

-- name: all_objects
-- out: image_id, class_index, score, x1, y1, x2, y2 of all objects of a run in a dataset's kept images
SELECT detection.image_id, detection.class_index, detection.score, detection.x1, detection.y1, detection.x2, detection.y2
FROM detection JOIN kept_image AS image ON image.id = detection.image_id
WHERE detection.run_id = $run_id AND image.dataset_id = $dataset_id
ORDER BY detection.image_id, detection.score DESC, detection.x1, detection.y1

-- name: best_scores
-- out: image_id, class_index (null: nothing of $classes from $score on), score of the best object, of the images run
-- $run_id has looked at
SELECT scan.image_id, best.class_index, best.score
FROM detection_scan AS scan
LEFT JOIN (
    SELECT image_id, class_index, max(score) AS score
    FROM detection
    WHERE run_id = $run_id AND score >= $score AND list_contains($classes, class_index)
    GROUP BY image_id, class_index
) AS best ON best.image_id = scan.image_id
WHERE scan.run_id = $run_id

-- name: detected_classes
-- out: class_index, name of all that a run knows, by index
SELECT class_index, name FROM detected_class WHERE run_id = $run_id ORDER BY class_index

-- name: name_detected_classes
-- out: nothing; named: class_index, name
UPDATE detected_class SET name = named.name FROM named
WHERE detected_class.run_id = $run_id AND detected_class.class_index = named.class_index

-- name: set_run_figures
-- out: nothing
UPDATE run SET figures = $figures WHERE id = $id

-- name: detection_run_figures
-- out: n_looked_at, n_failed, n_objects, n_with_objects, n_masks of a run, all its attempts together
SELECT (SELECT count(*) FROM detection_scan WHERE run_id = $run_id) AS n_looked_at,
    (SELECT count(*) FROM run_failure WHERE run_id = $run_id) AS n_failed,
    count(*) AS n_objects, count(DISTINCT image_id) AS n_with_objects, count(mask) AS n_masks
FROM detection WHERE run_id = $run_id

-- name: detection_totals
-- out: n_kept, n_images (kept images that the run looked at), n_objects, n_with (images with an object) from a score
-- on
WITH kept AS (
    SELECT image.id FROM kept_image AS image
    WHERE image.dataset_id = $dataset_id
)
SELECT (SELECT count(*) FROM kept) AS n_kept,
    (SELECT count(*) FROM detection_scan WHERE run_id = $run_id AND image_id IN (FROM kept)) AS n_images,
    count(*) AS n_objects, count(DISTINCT image_id) AS n_with
FROM detection
WHERE run_id = $run_id AND score >= $score AND image_id IN (FROM kept)

-- name: detection_counts
-- out: class_index, name, n_objects, n_images, most (in one image), mean_share (of the picture's area) of each class
-- with an object from a score on, the commonest first
WITH per_image AS (
    SELECT detection.class_index, detection.image_id, count(*) AS n,
        sum(detection.area / (image.width::DOUBLE * image.height)) AS shares
    FROM detection
    JOIN kept_image AS image ON image.id = detection.image_id
    WHERE detection.run_id = $run_id AND detection.score >= $score AND image.dataset_id = $dataset_id
    GROUP BY ALL
)
SELECT per_image.class_index, any_value(named.name) AS name, sum(n)::BIGINT AS n_objects, count(*) AS n_images,
    max(n) AS most, sum(shares) / sum(n) AS mean_share
FROM per_image
JOIN detected_class AS named ON named.class_index = per_image.class_index AND named.run_id = $run_id
GROUP BY per_image.class_index
ORDER BY n_objects DESC, per_image.class_index

-- name: objects_per_picture
-- out: n (objects of some classes, or of all where $classes is null, from a score on), n_images; also for none
WITH kept AS (
    SELECT scan.image_id FROM detection_scan AS scan
    JOIN kept_image AS image ON image.id = scan.image_id
    WHERE scan.run_id = $run_id AND image.dataset_id = $dataset_id
),
counted AS (
    SELECT image_id, count(*) AS n FROM detection
    WHERE run_id = $run_id AND score >= $score AND ($classes IS NULL OR list_contains($classes, class_index))
    GROUP BY image_id
)
SELECT coalesce(counted.n, 0) AS n, count(*) AS n_images
FROM kept LEFT JOIN counted ON counted.image_id = kept.image_id
GROUP BY ALL ORDER BY n

-- name: detection_count
-- out: n images with at least and at most so many objects; filters as in detection_page
WITH counted AS (
    SELECT image_id, count(*) AS n, max(score) AS best FROM detection
    WHERE run_id = $run_id AND score >= $score AND ($classes IS NULL OR list_contains($classes, class_index))
    GROUP BY image_id
)
SELECT count(*) AS n
FROM detection_scan AS scan
JOIN kept_image AS image ON image.id = scan.image_id
LEFT JOIN counted ON counted.image_id = scan.image_id
WHERE scan.run_id = $run_id AND image.dataset_id = $dataset_id
    AND coalesce(counted.n, 0) >= $min_objects AND ($max_objects IS NULL OR coalesce(counted.n, 0) <= $max_objects)
    AND ($label IS NULL OR image.label = $label OR list_contains(image.labels, $label))

-- name: detection_page
-- out: image_id, sha256, path, width, height, label, labels, n (objects that count) of the images with at least and
-- at most so many objects; null leaves a filter open
WITH counted AS (
    SELECT image_id, count(*) AS n, max(score) AS best FROM detection
    WHERE run_id = $run_id AND score >= $score AND ($classes IS NULL OR list_contains($classes, class_index))
    GROUP BY image_id
)
SELECT image.id AS image_id, image.sha256, image.path, image.width, image.height, image.label, image.labels,
    coalesce(counted.n, 0) AS n
FROM detection_scan AS scan
JOIN kept_image AS image ON image.id = scan.image_id
LEFT JOIN counted ON counted.image_id = scan.image_id
WHERE scan.run_id = $run_id AND image.dataset_id = $dataset_id
    AND coalesce(counted.n, 0) >= $min_objects AND ($max_objects IS NULL OR coalesce(counted.n, 0) <= $max_objects)
    AND ($label IS NULL OR image.label = $label OR list_contains(image.labels, $label))
ORDER BY CASE $sort WHEN 'most' THEN -coalesce(counted.n, 0) WHEN 'fewest' THEN coalesce(counted.n, 0)
        WHEN 'best' THEN -counted.best WHEN 'worst' THEN counted.best END NULLS LAST, image.path
LIMIT $n_rows OFFSET $first

-- name: boxes_of
-- out: image_id, class_index, score, x1, y1, x2, y2, area, mask of the objects in $image_ids from a score on, the
-- best last
SELECT image_id, class_index, score, x1, y1, x2, y2, area, mask
FROM detection
WHERE run_id = $run_id AND score >= $score AND list_contains($image_ids, image_id)
ORDER BY image_id, score, x1, y1

-- name: detected_together
-- out: first_class, second_class, n images with an object of both from a score on; the same class twice: images with
-- that class
WITH present AS (
    SELECT DISTINCT detection.image_id, detection.class_index
    FROM detection
    JOIN kept_image AS image ON image.id = detection.image_id
    WHERE detection.run_id = $run_id AND detection.score >= $score AND image.dataset_id = $dataset_id
)
SELECT one.class_index AS first_class, other.class_index AS second_class, count(*) AS n
FROM present AS one JOIN present AS other ON other.image_id = one.image_id
GROUP BY ALL ORDER BY first_class, second_class

-- name: box_places
-- out: x, y (cells of a $cells x $cells grid over the picture, from the top left), n boxes with their middle there
SELECT least(greatest(floor($cells * (detection.x1 + detection.x2) / 2 / image.width), 0), $cells - 1)::INTEGER AS x,
    least(greatest(floor($cells * (detection.y1 + detection.y2) / 2 / image.height), 0), $cells - 1)::INTEGER AS y,
    count(*) AS n
FROM detection
JOIN kept_image AS image ON image.id = detection.image_id
WHERE detection.run_id = $run_id AND detection.score >= $score AND image.dataset_id = $dataset_id
    AND ($classes IS NULL OR list_contains($classes, detection.class_index))
GROUP BY ALL ORDER BY y, x

-- name: box_sizes
-- out: x, y (cells of a $cells x $cells grid: the box's width and height as shares of the picture's), n boxes
SELECT least(greatest(floor($cells * (detection.x2 - detection.x1) / image.width), 0), $cells - 1)::INTEGER AS x,
    least(greatest(floor($cells * (detection.y2 - detection.y1) / image.height), 0), $cells - 1)::INTEGER AS y,
    count(*) AS n
FROM detection
JOIN kept_image AS image ON image.id = detection.image_id
WHERE detection.run_id = $run_id AND detection.score >= $score AND image.dataset_id = $dataset_id
    AND ($classes IS NULL OR list_contains($classes, detection.class_index))
GROUP BY ALL ORDER BY y, x

-- name: detections_by_label
-- out: label (null: none), class_index (null: images of that label without any object), n images, n_label (images of
-- that label looked at)
WITH kept AS (
    SELECT image.id, unnest(coalesce(image.labels, [image.label])) AS label
    FROM detection_scan AS scan
    JOIN kept_image AS image ON image.id = scan.image_id
    WHERE scan.run_id = $run_id AND image.dataset_id = $dataset_id
),
present AS (
    SELECT DISTINCT image_id, class_index FROM detection WHERE run_id = $run_id AND score >= $score
)
SELECT kept.label, present.class_index, count(*) AS n, any_value(total.n) AS n_label
FROM kept
LEFT JOIN present ON present.image_id = kept.id
JOIN (SELECT label, count(*) AS n FROM kept GROUP BY label) AS total ON total.label IS NOT DISTINCT FROM kept.label
GROUP BY kept.label, present.class_index
ORDER BY kept.label NULLS LAST, n DESC

-- name: detection_rows
-- out: image_id, path, width, height, class_name, score, x1, y1, x2, y2, area, mask of all objects from a score on
-- in kept images
SELECT image.id AS image_id, image.path, image.width, image.height, named.name AS class_name, detection.score,
    detection.x1, detection.y1, detection.x2, detection.y2, detection.area, detection.mask
FROM detection
JOIN detected_class AS named ON named.run_id = detection.run_id AND named.class_index = detection.class_index
JOIN kept_image AS image ON image.id = detection.image_id
WHERE detection.run_id = $run_id AND detection.score >= $score AND image.dataset_id = $dataset_id
ORDER BY image.id, detection.score DESC, detection.x1, detection.y1

-- name: scanned_images
-- out: image_id, path, width, height of the kept images that a run looked at, by id
SELECT image.id AS image_id, image.path, image.width, image.height
FROM detection_scan AS scan
JOIN kept_image AS image ON image.id = scan.image_id
WHERE scan.run_id = $run_id AND image.dataset_id = $dataset_id
ORDER BY image.id

-- name: overlapping_boxes
-- out: image_id, name, first_row, second_row, overlap of boxes of two runs with the same class (by name) in one kept
-- image that overlap enough
WITH kept AS (
    SELECT image.id FROM kept_image AS image
    WHERE image.dataset_id = $dataset_id
),
one AS (
    SELECT detection.rowid AS place, detection.*, lower(named.name) AS name
    FROM detection
    JOIN detected_class AS named ON named.run_id = detection.run_id AND named.class_index = detection.class_index
    WHERE detection.run_id = $first_run AND detection.score >= $score AND detection.image_id IN (FROM kept)
),
other AS (
    SELECT detection.rowid AS place, detection.*, lower(named.name) AS name
    FROM detection
    JOIN detected_class AS named ON named.run_id = detection.run_id AND named.class_index = detection.class_index
    WHERE detection.run_id = $second_run AND detection.score >= $second_score AND detection.image_id IN (FROM kept)
),
paired AS (
    SELECT one.image_id, one.name, one.place AS first_row, other.place AS second_row,
        greatest(0, least(one.x2, other.x2) - greatest(one.x1, other.x1))::DOUBLE
            * greatest(0, least(one.y2, other.y2) - greatest(one.y1, other.y1)) AS shared,
        (one.x2 - one.x1)::DOUBLE * (one.y2 - one.y1) + (other.x2 - other.x1)::DOUBLE * (other.y2 - other.y1) AS both_areas
    FROM one JOIN other ON other.image_id = one.image_id AND other.name = one.name
)
SELECT image_id, name, first_row, second_row, shared / (both_areas - shared) AS overlap
FROM paired
WHERE both_areas > shared AND shared / (both_areas - shared) >= $min_overlap
ORDER BY first_row, second_row

-- name: objects_of_two
-- out: image_id, sha256, path, width, height, name, n_first, n_second of the objects of each class (by name) in kept
-- images that both runs looked at
WITH kept AS (
    SELECT scan.image_id FROM detection_scan AS scan
    JOIN detection_scan AS again ON again.image_id = scan.image_id AND again.run_id = $second_run
    WHERE scan.run_id = $first_run
)
SELECT image.id AS image_id, image.sha256, image.path, image.width, image.height, lower(named.name) AS name,
    count(*) FILTER (detection.run_id = $first_run) AS n_first,
    count(*) FILTER (detection.run_id = $second_run) AS n_second
FROM detection
JOIN detected_class AS named ON named.run_id = detection.run_id AND named.class_index = detection.class_index
JOIN kept_image AS image ON image.id = detection.image_id
WHERE image.dataset_id = $dataset_id
    AND ((detection.run_id = $first_run AND detection.score >= $score)
        OR (detection.run_id = $second_run AND detection.score >= $second_score))
    AND detection.image_id IN (FROM kept)
GROUP BY ALL ORDER BY image.path, name

-- name: insert_crops
-- out: nothing; incoming: path, image_id, class_name, score, x1, y1, x2, y2, reason (rows without one)
INSERT INTO crop (run_id, path, image_id, detection_run, class_name, score, x1, y1, x2, y2)
SELECT $run_id, path, image_id, $detection_run, class_name, score, x1, y1, x2, y2 FROM incoming WHERE reason IS NULL

-- name: crops_done
-- out: path of each crop that run $run_id has cut already (null: none), image_id of each image that it could not
-- read
SELECT path, NULL::BIGINT AS image_id FROM crop WHERE run_id = $run_id
UNION ALL
SELECT NULL, image_id FROM run_failure WHERE run_id = $run_id

-- name: crop_of
-- out: dataset, image_id, class_name, score, x1, y1, x2, y2, detection_run, model of the picture that an image was
-- cut from
SELECT dataset.name AS dataset, crop.image_id, crop.class_name, crop.score, crop.x1, crop.y1, crop.x2, crop.y2,
    crop.detection_run, seen.model
FROM image
JOIN dataset AS mine ON mine.id = image.dataset_id
JOIN run ON run.kind = 'crops' AND json_extract_string(run.parameters, '$.folder') = mine.root
JOIN crop ON crop.run_id = run.id AND crop.path = image.path
JOIN run AS seen ON seen.id = crop.detection_run
JOIN dataset ON dataset.id = run.dataset_id
WHERE image.id = $image_id
