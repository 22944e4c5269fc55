-- name: insert_takedown
-- out: id of the new takedown
INSERT INTO takedown (id, dataset_id, what, value, reason, who, asked_at)
VALUES (nextval('takedown_ids'), $dataset_id, $what, $value, $reason, $who, $asked_at)
RETURNING id

-- name: withdraw_takedown
-- out: id of the takedown that stood; one for every dataset only where $dataset_id is 0
UPDATE takedown SET withdrawn_by = $who, withdrawn_at = $withdrawn_at
WHERE id = $takedown_id AND dataset_id = $dataset_id AND withdrawn_at IS NULL
RETURNING id

-- name: list_takedowns
-- out: id, dataset_id, what, value, reason, who, asked_at, withdrawn_by, withdrawn_at, n_images (that it takes down now) of a dataset's
-- takedowns and of those for every dataset, those that stand first, newest first
SELECT takedown.id, takedown.dataset_id, what, value, reason, who, asked_at, withdrawn_by, withdrawn_at, coalesce(taken.n, 0) AS n_images
FROM takedown
LEFT JOIN (
    SELECT takedown_id, count(*) AS n FROM taken_down_image WHERE dataset_id = $dataset_id OR $dataset_id = 0 GROUP BY takedown_id
) AS taken ON taken.takedown_id = takedown.id
WHERE takedown.dataset_id IN ($dataset_id, 0)
ORDER BY withdrawn_at IS NOT NULL, takedown.id DESC

-- name: n_standing_takedowns
-- out: n of the takedowns for a dataset, or for every one, that nobody withdrew
SELECT count(*) FROM takedown WHERE dataset_id IN ($dataset_id, 0) AND withdrawn_at IS NULL

-- name: taken_down_now
-- out: image_id of a dataset's images that are taken down, by image
SELECT DISTINCT image_id FROM taken_down_image WHERE dataset_id = $dataset_id ORDER BY image_id

-- name: delete_taken_down
-- out: nothing
DELETE FROM taken_down_image WHERE dataset_id = $dataset_id

-- name: insert_taken_down
-- out: nothing: an image for each takedown that stands and is about it: by its bytes or pixels, by an address of it or of a copy
-- of it that was found elsewhere, by its author, by the site that it is from
INSERT INTO taken_down_image (image_id, dataset_id, takedown_id)
WITH asked AS (
    SELECT id, what, CASE what WHEN 'address' THEN address_key(value) WHEN 'author' THEN lower(value) ELSE value END AS value
    FROM takedown WHERE dataset_id IN ($dataset_id, 0) AND withdrawn_at IS NULL
),
found AS MATERIALIZED (
    SELECT id AS image_id, source_url AS url, NULL::VARCHAR AS author, true AS is_own
    FROM image WHERE dataset_id = $dataset_id AND source_url IS NOT NULL
    UNION ALL
    SELECT image_id, unnest([file_url, page_url]), author, true FROM picture_origin WHERE dataset_id = $dataset_id
    UNION ALL
    SELECT image.id, unnest([copy.file_url, copy.page_url]), copy.author, false
    FROM collected AS copy JOIN image ON image.dataset_id = copy.dataset_id AND image.path = copy.duplicate_of
    WHERE copy.dataset_id = $dataset_id AND copy.outcome = 'duplicate'
),
seen AS MATERIALIZED (
    SELECT DISTINCT image_id, address_key(url) AS address, host_of(url) AS host, lower(trim(regexp_replace(author, '\s+', ' ', 'g'))) AS author, is_own FROM found
),
pixels AS (
    SELECT asked.id, image.pixel_sha256 FROM asked JOIN image ON image.sha256 = asked.value
    WHERE asked.what = 'picture' AND image.dataset_id = $dataset_id
)
SELECT DISTINCT image_id, $dataset_id, id FROM (
    SELECT image.id AS image_id, asked.id FROM asked JOIN image ON image.sha256 = asked.value
    WHERE asked.what = 'picture' AND image.dataset_id = $dataset_id
    UNION ALL
    SELECT image.id, pixels.id FROM pixels JOIN image ON image.pixel_sha256 = pixels.pixel_sha256
    WHERE image.dataset_id = $dataset_id
    UNION ALL
    SELECT seen.image_id, asked.id FROM asked JOIN seen ON seen.address = asked.value WHERE asked.what = 'address'
    UNION ALL
    SELECT seen.image_id, asked.id FROM asked JOIN seen ON seen.author = asked.value WHERE asked.what = 'author'
    UNION ALL
    SELECT seen.image_id, asked.id
    FROM asked JOIN seen ON seen.host = asked.value OR ends_with(seen.host, '.' || asked.value)
    WHERE asked.what = 'site' AND seen.is_own
)

-- name: taken_down_of_version
-- out: n of a version's images that were taken down since
SELECT count(DISTINCT item.image_id) FROM version_item AS item
JOIN taken_down_image AS taken ON taken.image_id = item.image_id
WHERE item.version_id = $version_id

-- name: takedowns_of_image
-- out: id, dataset_id, what, value, reason, who, asked_at, withdrawn_by, withdrawn_at, n_images of the takedowns that an image is under
SELECT takedown.id, takedown.dataset_id, what, value, reason, who, asked_at, withdrawn_by, withdrawn_at,
    (SELECT count(*) FROM taken_down_image WHERE takedown_id = takedown.id) AS n_images
FROM takedown JOIN taken_down_image AS taken ON taken.takedown_id = takedown.id
WHERE taken.image_id = $image_id ORDER BY takedown.id

-- name: sha256_of_image
-- out: sha256 of the image of a dataset that has a number, a path or this SHA-256; no row where there is none
SELECT sha256 FROM image
WHERE dataset_id = $dataset_id AND (id = TRY_CAST($named AS BIGINT) OR path = $named OR sha256 = lower($named))
ORDER BY path = $named DESC, sha256 = lower($named) DESC
LIMIT 1
