-- name: qdrant_points_now
-- out: image_id, sha256, copy (0 for the first picture with these bytes, 1 for the next), vector_run, payload (JSON), payload_mark
-- of the kept images with a vector that has a direction, by image
WITH names AS (
    SELECT coalesce(list(coalesce(corrected_name, name) ORDER BY index), []) AS names FROM class_name WHERE dataset_id = $dataset_id
),
copies AS (
    SELECT id, row_number() OVER (PARTITION BY sha256 ORDER BY id) - 1 AS copy FROM image WHERE dataset_id = $dataset_id
),
decided AS (
    SELECT DISTINCT image_id FROM standing_decision WHERE dataset_id = $dataset_id AND act IN ('keep', 'relabel', 'remove')
),
issue AS (
    SELECT image_id, list_sort(list(DISTINCT kind)) AS kinds FROM label_issue
    WHERE run_id = (SELECT max(id) FROM run WHERE dataset_id = $dataset_id AND kind = 'label-issues' AND complete)
        AND image_id NOT IN (SELECT image_id FROM decided)
    GROUP BY image_id
),
frozen AS (
    SELECT item.image_id, list(version.name ORDER BY version.id) AS names
    FROM version_item AS item
    JOIN version ON version.id = item.version_id AND version.dataset_id = $dataset_id
    JOIN kept_image AS image ON image.id = item.image_id AND image.sha256 = item.sha256
        AND image.label IS NOT DISTINCT FROM item.label AND image.labels IS NOT DISTINCT FROM item.labels
    GROUP BY item.image_id
),
said AS (
    SELECT image.id AS image_id, image.sha256, copies.copy, vectors.run_id AS vector_run,
        CAST(to_json({
            'image_id': image.id,
            'sha256': image.sha256,
            'path': image.path,
            'class': CASE
                WHEN image.labels IS NOT NULL
                THEN to_json(list_transform(image.labels, lambda one: names.names[one + 1]))
                ELSE to_json(names.names[image.label + 1])
            END,
            'split': image.split,
            'licence': coalesce(nullif(trim(image.licence), ''), nullif(trim(dataset.licence), '')),
            'issues': coalesce(issue.kinds, []),
            'versions': coalesce(frozen.names, [])
        }) AS VARCHAR) AS payload
    FROM {vector_table} AS vectors
    JOIN kept_image AS image ON image.id = vectors.image_id
    JOIN dataset ON dataset.id = image.dataset_id
    JOIN copies ON copies.id = image.id
    CROSS JOIN names
    LEFT JOIN issue ON issue.image_id = image.id
    LEFT JOIN frozen ON frozen.image_id = image.id
    WHERE image.dataset_id = $dataset_id
        AND isfinite(array_inner_product(vectors.vector, vectors.vector)) AND array_inner_product(vectors.vector, vectors.vector) > 0
)
SELECT *, md5(payload) AS payload_mark FROM said ORDER BY image_id

-- name: qdrant_points_there
-- out: point_id, image_id, vector_run, payload_mark of what lies in a collection
SELECT point_id, image_id, vector_run, payload_mark FROM qdrant_point WHERE collection_id = $collection_id

-- name: qdrant_collections
-- out: id, dataset_id, url, alias, collection, space, shape, run_id, n_points, n_checked, synced_at of a dataset's collections,
-- also those that were begun and not completed (synced_at null), newest first
SELECT id, dataset_id, url, alias, collection, space, shape, run_id, n_points, n_checked, synced_at FROM qdrant_collection
WHERE dataset_id = $dataset_id
ORDER BY id DESC

-- name: begin_qdrant_collection
-- out: nothing; the collection is known from its first batch on
INSERT INTO qdrant_collection (dataset_id, url, alias, collection, space, shape, run_id)
SELECT $dataset_id, $url, $alias, $collection, $space, $shape, $run_id
WHERE NOT EXISTS (SELECT 1 FROM qdrant_collection WHERE url = $url AND collection = $collection)

-- name: forget_qdrant_points
-- out: nothing; incoming: point_id, of points that were written anew or deleted
DELETE FROM qdrant_point
WHERE collection_id = (SELECT id FROM qdrant_collection WHERE url = $url AND collection = $collection)
    AND point_id IN (SELECT point_id FROM incoming)

-- name: insert_qdrant_points
-- out: nothing; incoming: point_id, image_id, vector_run, payload_mark, gone
INSERT INTO qdrant_point (collection_id, point_id, image_id, vector_run, payload_mark)
SELECT (SELECT id FROM qdrant_collection WHERE url = $url AND collection = $collection), point_id, image_id, vector_run, payload_mark
FROM incoming WHERE NOT gone

-- name: drop_other_qdrant_points
-- out: nothing; of collections that were behind the alias, or on their way there, and are not any more
DELETE FROM qdrant_point
WHERE collection_id IN (SELECT id FROM qdrant_collection WHERE url = $url AND alias = $alias AND collection <> $collection)

-- name: drop_other_qdrant_collections
-- out: nothing
DELETE FROM qdrant_collection WHERE url = $url AND alias = $alias AND collection <> $collection

-- name: settle_qdrant_collection
-- out: nothing; what is behind the alias now
UPDATE qdrant_collection
SET run_id = $run_id, n_points = $n_points, n_checked = $n_checked, synced_at = $synced_at
WHERE url = $url AND collection = $collection
