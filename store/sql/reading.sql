-- name: notebook_schema
-- out: number of the newest step of the schema that the file has
SELECT max(number) AS number FROM migration

-- name: notebook_datasets
-- out: dataset_id, dataset, root, task, source, licence, n_images (that count), n_removed, n_missing, imported_at
SELECT dataset.id AS dataset_id, dataset.name AS dataset, root, task, dataset.source, dataset.licence,
    count(image.id) FILTER (NOT image.removed AND NOT image.missing) AS n_images,
    count(image.id) FILTER (image.removed AND NOT image.missing) AS n_removed,
    count(image.id) FILTER (image.missing) AS n_missing,
    dataset.imported_at
FROM dataset LEFT JOIN current_image AS image ON image.dataset_id = dataset.id
WHERE $dataset IS NULL OR dataset.name = $dataset
GROUP BY ALL ORDER BY dataset.id

-- name: notebook_classes
-- out: dataset, index, name (that counts), given_name
SELECT dataset.name AS dataset, class_name.index, coalesce(corrected_name, class_name.name) AS name,
    class_name.name AS given_name
FROM class_name JOIN dataset ON dataset.id = dataset_id
WHERE $dataset IS NULL OR dataset.name = $dataset
ORDER BY dataset.id, class_name.index

-- name: notebook_images
-- out: image_id, dataset, path, file (null for points, which have none), label, labels, given_label (names), and what is
-- known of each image, by image; $everything: also those that are removed or missing
WITH named AS (
    SELECT dataset_id, map(list(index ORDER BY index), list(coalesce(corrected_name, name) ORDER BY index)) AS by_index
    FROM class_name GROUP BY dataset_id
)
SELECT image.id AS image_id, dataset.name AS dataset, image.path,
    CASE WHEN image.format <> 'POINT' THEN dataset.root || '/' || image.path END AS file,
    by_index[image.label] AS label, list_transform(image.labels, lambda index: by_index[index]) AS labels,
    by_index[image.given_label] AS given_label, image.relabelled, image.removed, image.missing, image.split,
    image.width, image.height, image.bytes, image.format, image.brightness, image.contrast, image.sharpness,
    image.entropy, image.source, image.source_url, image.licence, image.sha256, image.pixel_sha256, image.phash
FROM current_image AS image
JOIN dataset ON dataset.id = image.dataset_id
LEFT JOIN named ON named.dataset_id = image.dataset_id
WHERE ($dataset IS NULL OR dataset.name = $dataset) AND ($everything OR NOT image.removed AND NOT image.missing)
ORDER BY image.id

-- name: notebook_spaces
-- out: space_id, dataset, space, model, dim, weights_source, run_id, oldest first
SELECT embedding_space.id AS space_id, dataset.name AS dataset, embedding_space.name AS space, model, dim,
    weights_source, run_id
FROM embedding_space JOIN dataset ON dataset.id = dataset_id
WHERE $dataset IS NULL OR dataset.name = $dataset
ORDER BY embedding_space.id

-- name: notebook_vectors
-- out: image_id, vector, by image; $everything: also of those that are removed or missing
SELECT vectors.image_id, vectors.vector
FROM {vector_table} AS vectors JOIN current_image AS image ON image.id = vectors.image_id
WHERE $everything OR NOT image.removed AND NOT image.missing
ORDER BY vectors.image_id

-- name: notebook_predictions
-- out: run_id, dataset, image_id, path, predicted (name), confidence, fold, probabilities of run $run, or of each
-- dataset's newest finished one
WITH named AS (
    SELECT dataset_id, map(list(index ORDER BY index), list(coalesce(corrected_name, name) ORDER BY index)) AS by_index
    FROM class_name GROUP BY dataset_id
), chosen AS (
    SELECT id, dataset_id FROM run WHERE $run IS NOT NULL AND id = $run
    UNION ALL
    SELECT max(id) AS id, dataset_id FROM run
    WHERE $run IS NULL AND complete AND prediction_kind IS NOT NULL GROUP BY dataset_id
)
SELECT chosen.id AS run_id, dataset.name AS dataset, prediction.image_id, image.path,
    by_index[list_position(probabilities, list_max(probabilities))::INTEGER - 1] AS predicted,
    list_max(probabilities) AS confidence, fold, probabilities
FROM chosen
JOIN prediction ON prediction.run_id = chosen.id
JOIN dataset ON dataset.id = chosen.dataset_id
JOIN image ON image.id = prediction.image_id
LEFT JOIN named ON named.dataset_id = chosen.dataset_id
WHERE $dataset IS NULL OR dataset.name = $dataset
ORDER BY chosen.id, prediction.image_id

-- name: notebook_issues
-- out: run_id, dataset, image_id, path, kind, score, label (now), suggested (names) of run $run, or of each dataset's
-- newest finished one, worst first
WITH named AS (
    SELECT dataset_id, map(list(index ORDER BY index), list(coalesce(corrected_name, name) ORDER BY index)) AS by_index
    FROM class_name GROUP BY dataset_id
), chosen AS (
    SELECT id, dataset_id FROM run WHERE $run IS NOT NULL AND id = $run
    UNION ALL
    SELECT max(id) AS id, dataset_id FROM run
    WHERE $run IS NULL AND complete AND kind = 'label-issues' GROUP BY dataset_id
)
SELECT chosen.id AS run_id, dataset.name AS dataset, issue.image_id, image.path, issue.kind, issue.score,
    by_index[image.label] AS label, by_index[issue.suggested] AS suggested
FROM chosen
JOIN label_issue AS issue ON issue.run_id = chosen.id
JOIN dataset ON dataset.id = chosen.dataset_id
JOIN current_image AS image ON image.id = issue.image_id
LEFT JOIN named ON named.dataset_id = chosen.dataset_id
WHERE $dataset IS NULL OR dataset.name = $dataset
ORDER BY chosen.id, issue.kind, issue.score DESC, issue.image_id

-- name: notebook_detections
-- out: run_id, dataset, image_id, path, class, score, x1, y1, x2, y2, area, mask of run $run, or of each dataset's newest
-- finished one, by image
WITH chosen AS (
    SELECT id, dataset_id FROM run WHERE $run IS NOT NULL AND id = $run
    UNION ALL
    SELECT max(id) AS id, dataset_id FROM run
    WHERE $run IS NULL AND complete AND kind = 'detect' GROUP BY dataset_id
)
SELECT chosen.id AS run_id, dataset.name AS dataset, detection.image_id, image.path, detected_class.name AS class,
    detection.score, x1, y1, x2, y2, area, mask
FROM chosen
JOIN detection ON detection.run_id = chosen.id
JOIN dataset ON dataset.id = chosen.dataset_id
JOIN image ON image.id = detection.image_id
LEFT JOIN detected_class ON detected_class.run_id = chosen.id AND detected_class.class_index = detection.class_index
WHERE $dataset IS NULL OR dataset.name = $dataset
ORDER BY chosen.id, detection.image_id, detection.score DESC

-- name: notebook_decisions
-- out: decision_id, dataset, image_id, path, act, label_before, label_after, labels_before, labels_after (names), stands,
-- reason, evidence, batch, undoes, who, decided_at, in order of time
WITH named AS (
    SELECT dataset_id, map(list(index ORDER BY index), list(coalesce(corrected_name, name) ORDER BY index)) AS by_index
    FROM class_name GROUP BY dataset_id
)
SELECT decision.id AS decision_id, dataset.name AS dataset, decision.image_id, image.path, act,
    by_index[label_before] AS label_before, by_index[label_after] AS label_after,
    list_transform(labels_before, lambda index: by_index[index]) AS labels_before,
    list_transform(labels_after, lambda index: by_index[index]) AS labels_after,
    decision.id IN (SELECT id FROM standing_decision) AS stands, reason, evidence, batch, undoes, who, decided_at
FROM decision
JOIN dataset ON dataset.id = decision.dataset_id
LEFT JOIN image ON image.id = decision.image_id
LEFT JOIN named ON named.dataset_id = decision.dataset_id
WHERE $dataset IS NULL OR dataset.name = $dataset
ORDER BY decision.id

-- name: notebook_runs
-- out: run_id, dataset, kind, model, complete, stale, seconds, seed, device, parameters, figures (JSON),
-- prediction_kind, code_version, job_id, started_at, finished_at, oldest first
SELECT run.id AS run_id, dataset.name AS dataset, kind, model, complete,
    run.id IN (SELECT run_id FROM run_change) AS stale, seconds, seed, device, parameters, figures, prediction_kind,
    code_version, job_id, started_at, finished_at
FROM run LEFT JOIN dataset ON dataset.id = run.dataset_id
WHERE $dataset IS NULL OR dataset.name = $dataset
ORDER BY run.id
