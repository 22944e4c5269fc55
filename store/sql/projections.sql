-- name: images_to_project
-- out: image_id, label (the first of several; null for none) of the kept images with a vector in this space that run
-- $run_id has neither placed nor left out yet
SELECT vectors.image_id, coalesce(image.label, image.labels[1]) AS label FROM {vector_table} AS vectors
JOIN kept_image AS image ON image.id = vectors.image_id
WHERE image.dataset_id = $dataset_id
    AND vectors.image_id NOT IN (SELECT image_id FROM projection_point WHERE run_id = $run_id)
    AND vectors.image_id NOT IN (SELECT image_id FROM run_failure WHERE run_id = $run_id)
ORDER BY vectors.image_id

-- name: insert_projection_points
-- out: (nothing) adds the placed rows of incoming (image_id, x, y, z, trust, stability, reason)
INSERT INTO projection_point (run_id, image_id, x, y, z, trust, stability)
SELECT $run_id, image_id, x, y, z, trust, stability FROM incoming WHERE reason IS NULL

-- name: point_counts
-- out: run_id, n_points of the dataset's complete projections
SELECT run_id, count(*) AS n_points FROM projection_point
WHERE run_id IN (SELECT id FROM run WHERE dataset_id = $dataset_id AND kind = 'projection' AND complete)
GROUP BY run_id

-- name: projection_points
-- out: image_id, x, y, z (null on a flat map) of a run's points, by image
SELECT image_id, x, y, z FROM projection_point WHERE run_id = $run_id ORDER BY image_id

-- name: projection_values
-- out: label (the first of several), split, brightness, contrast, sharpness, entropy, trust of a run's points, by
-- image
SELECT coalesce(current_label.label, current_label.labels[1]) AS label, image.split, image.brightness, image.contrast,
    image.sharpness, image.entropy, projection_point.trust
FROM projection_point
LEFT JOIN image ON image.id = projection_point.image_id
LEFT JOIN current_label ON current_label.image_id = projection_point.image_id
WHERE projection_point.run_id = $run_id
ORDER BY projection_point.image_id

-- name: projection_trust
-- out: trust of a run's points, by image
SELECT trust FROM projection_point WHERE run_id = $run_id ORDER BY image_id

-- name: projection_stability
-- out: stability of a run's points, by image
SELECT stability FROM projection_point WHERE run_id = $run_id ORDER BY image_id

-- name: projection_sources
-- out: source of a run's points, by image: the host of the image's address, else what is said of it in words, else its first folder, else null
SELECT CASE
        WHEN nullif(regexp_extract(image.source_url, '^[A-Za-z][A-Za-z0-9+.-]*://(?:[^/@]*@)?([^/:?#]+)', 1), '') IS NOT NULL
            THEN lower(regexp_extract(image.source_url, '^[A-Za-z][A-Za-z0-9+.-]*://(?:[^/@]*@)?([^/:?#]+)', 1))
        WHEN image.source IS NOT NULL THEN image.source
        WHEN contains(image.path, '/') THEN split_part(image.path, '/', 1)
    END AS source
FROM projection_point LEFT JOIN image ON image.id = projection_point.image_id
WHERE projection_point.run_id = $run_id
ORDER BY projection_point.image_id

-- name: projection_clusters
-- out: cluster (its name, or "cluster" and its number; null outside) of a run's points, by image, from the newest
-- clusters of its dataset
WITH newest AS (
    SELECT max(run.id) AS run_id FROM run
    WHERE run.kind = 'medoids' AND run.complete AND run.dataset_id = (SELECT dataset_id FROM run WHERE id = $run_id)
        AND run.id IN (SELECT run_id FROM cluster_member)
),
named AS (
    SELECT cluster, nullif(arg_max(name, named_at), '') AS name FROM cluster_name
    WHERE run_id = (SELECT run_id FROM newest) GROUP BY cluster
),
member AS (SELECT image_id, cluster FROM cluster_member WHERE run_id = (SELECT run_id FROM newest))
SELECT coalesce(named.name, 'cluster ' || member.cluster) AS cluster
FROM projection_point
LEFT JOIN member ON member.image_id = projection_point.image_id
LEFT JOIN named ON named.cluster = member.cluster
WHERE projection_point.run_id = $run_id
ORDER BY projection_point.image_id

-- name: projection_objects
-- out: n (objects from a score of 0.3 on; null where nobody looked) of a run's points, by image, from the newest
-- detection of its dataset
WITH newest AS (
    SELECT max(id) AS run_id FROM run
    WHERE kind = 'detect' AND complete AND dataset_id = (SELECT dataset_id FROM run WHERE id = $run_id)
),
counted AS (
    SELECT scan.image_id, count(detection.image_id) AS n
    FROM detection_scan AS scan
    LEFT JOIN detection ON detection.run_id = scan.run_id AND detection.image_id = scan.image_id AND detection.score >= 0.3
    WHERE scan.run_id = (SELECT run_id FROM newest)
    GROUP BY scan.image_id
)
SELECT counted.n
FROM projection_point LEFT JOIN counted ON counted.image_id = projection_point.image_id
WHERE projection_point.run_id = $run_id
ORDER BY projection_point.image_id

-- name: projection_zero_shot
-- out: predicted (the class with the highest probability) of a run's points, by image, from the dataset's newest
-- zero-shot run; null outside
WITH newest AS (
    SELECT max(id) AS run_id FROM run
    WHERE kind = 'zero-shot' AND complete AND dataset_id = (SELECT dataset_id FROM run WHERE id = $run_id)
)
SELECT list_position(told.probabilities, list_max(told.probabilities)) - 1 AS predicted
FROM projection_point
LEFT JOIN prediction AS told
    ON told.image_id = projection_point.image_id AND told.run_id = (SELECT run_id FROM newest)
WHERE projection_point.run_id = $run_id
ORDER BY projection_point.image_id

-- name: projection_opinions
-- out: predicted (the class with the highest probability), issue (label, outlier, duplicate, or several; 'none'
-- where it was judged), severity (0 to 1, of the doubt about the label) of a run's points, by image, from the newest
-- label check of its dataset; null outside
WITH newest AS (
    SELECT max(id) AS run_id FROM run
    WHERE kind = 'label-issues' AND complete AND dataset_id = (SELECT dataset_id FROM run WHERE id = $run_id)
),
predicted AS (
    SELECT image_id, list_position(probabilities, list_max(probabilities)) - 1 AS label
    FROM prediction WHERE run_id = (SELECT run_id FROM newest)
),
issue AS (
    SELECT image_id, CASE WHEN count(DISTINCT kind) > 1 THEN 'several' ELSE min(kind) END AS kind
    FROM label_issue WHERE run_id = (SELECT run_id FROM newest) GROUP BY image_id
),
opinion AS (SELECT image_id, severity FROM label_opinion WHERE run_id = (SELECT run_id FROM newest))
SELECT predicted.label AS predicted,
    coalesce(issue.kind, CASE WHEN opinion.image_id IS NOT NULL THEN 'none' END) AS issue, opinion.severity
FROM projection_point
LEFT JOIN predicted ON predicted.image_id = projection_point.image_id
LEFT JOIN issue ON issue.image_id = projection_point.image_id
LEFT JOIN opinion ON opinion.image_id = projection_point.image_id
WHERE projection_point.run_id = $run_id
ORDER BY projection_point.image_id

-- name: map_matches
-- out: fits (whether the path contains $text, upper and lower case alike) of a run's points, by image
SELECT contains(lower(image.path), lower($text)) AS fits
FROM projection_point LEFT JOIN image ON image.id = projection_point.image_id
WHERE projection_point.run_id = $run_id
ORDER BY projection_point.image_id

-- name: map_facts
-- out: sha256, path, split, label, labels, dataset_id, trust of one point of a run
SELECT image.sha256, image.path, image.split, current_label.label, current_label.labels, image.dataset_id, projection_point.trust
FROM projection_point
JOIN image ON image.id = projection_point.image_id
JOIN current_label ON current_label.image_id = image.id
WHERE projection_point.run_id = $run_id AND projection_point.image_id = $image_id

-- name: projection_balance
-- out: n_images (kept images), n_unplaced (those among them that have no point in run $run_id), n_failed (left out
-- by the run)
SELECT count(*) AS n_images,
    count(*) FILTER (image.id NOT IN (SELECT image_id FROM projection_point WHERE run_id = $run_id)) AS n_unplaced,
    (SELECT count(*) FROM run_failure WHERE run_id = $run_id) AS n_failed
FROM kept_image AS image
WHERE image.dataset_id = $dataset_id

-- name: projection_failures
-- out: path, reason of the images that run $run_id left out; at most $n_rows
SELECT image.path, run_failure.reason FROM run_failure JOIN image ON image.id = run_failure.image_id
WHERE run_failure.run_id = $run_id ORDER BY image.path LIMIT $n_rows

-- name: selected_images
-- out: image_id, sha256, path, split, label, labels, trust (null off the map of run $run_id) of the images in chosen
-- (image_id, position), in the order of position
SELECT image.id AS image_id, image.sha256, image.path, image.split, image.label, image.labels, projection_point.trust
FROM chosen
JOIN current_image AS image ON image.id = chosen.image_id
LEFT JOIN projection_point ON projection_point.image_id = chosen.image_id AND projection_point.run_id = $run_id
WHERE image.dataset_id = $dataset_id
ORDER BY chosen.position

-- name: projection_export
-- out: image_id, path, class (names; several joined by |), split, x, y, z, trust of a run's points, by path
WITH names AS (
    SELECT map(list(index), list(coalesce(corrected_name, name))) AS name_of FROM class_name WHERE dataset_id = $dataset_id
)
SELECT image.id AS image_id, image.path,
    CASE WHEN current_label.labels IS NULL THEN name_of[current_label.label]
        ELSE array_to_string(list_transform(current_label.labels, lambda index: name_of[index]), '|') END AS class,
    image.split, projection_point.x, projection_point.y, projection_point.z, projection_point.trust
FROM projection_point
CROSS JOIN names
JOIN image ON image.id = projection_point.image_id
JOIN current_label ON current_label.image_id = image.id
WHERE projection_point.run_id = $run_id AND image.dataset_id = $dataset_id
ORDER BY image.path

-- name: projector_images
-- out: image_id, path, root (of the dataset), sha256, has_thumb, width, height, label, labels, split of the images
-- in chosen (image_id, position), in the order of position
SELECT image.id AS image_id, image.path, dataset.root, image.sha256, image.has_thumb, image.width, image.height, image.label, image.labels, image.split
FROM chosen
JOIN current_image AS image ON image.id = chosen.image_id
JOIN dataset ON dataset.id = image.dataset_id
ORDER BY chosen.position

-- name: run_dataset
-- out: dataset_id of run $run_id
SELECT dataset_id FROM run WHERE id = $run_id
