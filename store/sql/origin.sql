-- name: image_origin
-- out: source, query, rank, page_url, file_url, title, author, licence, licence_version, licence_url, attribution, fetched_at of an
-- image that was collected; no row for another
SELECT source, query, rank, page_url, file_url, title, author, licence, licence_version, licence_url, attribution, fetched_at
FROM picture_origin WHERE image_id = $image_id

-- name: licence_texts
-- out: licence (as it is said, "" for unknown), whose (own, dataset, unknown), n of a dataset's kept images, the most first
SELECT said.licence, said.whose, count(*) AS n
FROM kept_image AS image JOIN image_licence AS said ON said.image_id = image.id
WHERE image.dataset_id = $dataset_id AND said.dataset_id = $dataset_id
GROUP BY ALL ORDER BY n DESC, said.licence, said.whose

-- name: collected_queries
-- out: source, query, n of a dataset's kept images that were collected, by source and query
SELECT origin.source, origin.query, count(*) AS n
FROM kept_image AS image JOIN picture_origin AS origin ON origin.image_id = image.id
WHERE image.dataset_id = $dataset_id AND origin.dataset_id = $dataset_id
GROUP BY ALL ORDER BY origin.source, origin.query

-- name: images_of_origin
-- out: image_id of a dataset's images from a source, by a query, with one of the licences as they are said; null leaves a filter
-- open
SELECT image.id AS image_id
FROM image
JOIN image_licence AS said ON said.image_id = image.id
LEFT JOIN picture_origin AS origin ON origin.image_id = image.id
WHERE image.dataset_id = $dataset_id AND said.dataset_id = $dataset_id
    AND ($licences IS NULL OR list_contains($licences::VARCHAR[], said.licence))
    AND ($source IS NULL OR origin.source = $source)
    AND ($query IS NULL OR origin.query = $query)

-- name: origins_of_version
-- out: image_id, said (the licence as it is said, null for unknown), source, query, page_url, file_url, title, author, licence,
-- licence_version, licence_url, attribution, fetched_at of a version's images: of the row that brought the bytes which were frozen,
-- the last one before the freezing
WITH origin AS (
    SELECT item.image_id, collected.*
    FROM version_item AS item
    JOIN version ON version.id = item.version_id
    JOIN image ON image.id = item.image_id
    JOIN collected ON collected.dataset_id = image.dataset_id AND collected.path = image.path AND collected.outcome = 'kept'
        AND (collected.sha256 IS NULL OR collected.sha256 = item.sha256)
    WHERE item.version_id = $version_id
    QUALIFY row_number() OVER (PARTITION BY item.image_id
        ORDER BY coalesce(collected.fetched_at <= version.created_at, true) DESC, collected.run_id DESC, collected.n DESC) = 1
)
SELECT item.image_id, nullif(said.licence, '') AS said, origin.source, origin.query, origin.page_url, origin.file_url, origin.title,
    origin.author, origin.licence, origin.licence_version, origin.licence_url, origin.attribution, origin.fetched_at
FROM version_item AS item
JOIN image_licence AS said ON said.image_id = item.image_id
LEFT JOIN origin ON origin.image_id = item.image_id
WHERE item.version_id = $version_id AND (said.licence <> '' OR origin.image_id IS NOT NULL)
    AND item.image_id NOT IN (SELECT image_id FROM taken_down_image)
ORDER BY item.image_id

-- name: origins_of_kept
-- out: the same columns of a dataset's kept images as they are now
SELECT image.id AS image_id, nullif(said.licence, '') AS said, origin.source, origin.query, origin.page_url, origin.file_url,
    origin.title, origin.author, origin.licence, origin.licence_version, origin.licence_url, origin.attribution, origin.fetched_at
FROM kept_image AS image
JOIN image_licence AS said ON said.image_id = image.id
LEFT JOIN picture_origin AS origin ON origin.image_id = image.id
WHERE image.dataset_id = $dataset_id AND said.dataset_id = $dataset_id
    AND (said.licence <> '' OR origin.image_id IS NOT NULL)
ORDER BY image.id
