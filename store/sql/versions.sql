-- name: insert_version
-- out: id of the new version of what is kept now
INSERT INTO version (id, dataset_id, name, note, class_names, n_images, n_left_out, data_generation, validation_run, who, created_at)
SELECT nextval('version_ids'), $dataset_id, $name, $note,
    coalesce((SELECT list(coalesce(corrected_name, name) ORDER BY index) FROM class_name WHERE dataset_id = $dataset_id), []),
    0, 0, coalesce((SELECT data_value FROM generation WHERE dataset_id = $dataset_id), 0), $validation_run, $who, $created_at
RETURNING id

-- name: insert_version_items
-- out: nothing; with a validation set, its confirmed pictures are the split val, their near duplicates are left out,
-- and what else is not test is train
INSERT INTO version_item (version_id, image_id, sha256, label, labels, split)
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
FROM kept_image
WHERE dataset_id = $dataset_id
    AND (id NOT IN (SELECT near_id FROM near) OR id IN (SELECT image_id FROM confirmed))

-- name: update_version_counts
-- out: n_images of the version
UPDATE version SET n_images = (SELECT count(*) FROM version_item WHERE version_id = $version_id),
    n_left_out = (SELECT count(*) FROM kept_image WHERE dataset_id = $dataset_id)
        - (SELECT count(*) FROM version_item WHERE version_id = $version_id)
WHERE id = $version_id
RETURNING n_images

-- name: list_versions
-- out: id, name, note, class_names, n_images, n_left_out, data_generation, validation_run, who, created_at,
-- n_labelled, n_missing, splits (the names, sorted), newest first
SELECT version.id, version.name, version.note, version.class_names, version.n_images, version.n_left_out,
    version.data_generation, version.validation_run, version.who, version.created_at,
    coalesce(item.n_labelled, 0) AS n_labelled, coalesce(item.n_missing, 0) AS n_missing, coalesce(item.splits, []) AS splits
FROM version
LEFT JOIN (
    SELECT version_id, count(*) FILTER (version_item.label IS NOT NULL OR version_item.labels IS NOT NULL) AS n_labelled,
        count(*) FILTER (image.missing AND image.id NOT IN (SELECT image_id FROM taken_down_image)) AS n_missing, list_sort(list(DISTINCT version_item.split) FILTER (version_item.split IS NOT NULL)) AS splits
    FROM version_item JOIN image ON image.id = version_item.image_id
    WHERE image.dataset_id = $dataset_id
    GROUP BY version_id
) AS item ON item.version_id = version.id
WHERE version.dataset_id = $dataset_id
ORDER BY version.id DESC

-- name: version_classes
-- out: class_index (null: no label), split, n of a version (0: as it stands now)
WITH state AS (FROM version_state($dataset_id, $version_id))
SELECT class_index, split, count(*) AS n
FROM (
    SELECT unnest(held) AS class_index, split FROM state
    UNION ALL
    SELECT NULL, split FROM state WHERE len(held) = 0
)
GROUP BY ALL ORDER BY class_index NULLS LAST, split NULLS FIRST

-- name: version_diff_counts
-- out: kind (added, removed, relabelled, changed, moved), n of what differs between two versions (0: as it stands
-- now)
SELECT kind, count(*) AS n FROM version_pairs($dataset_id, $before, $after) WHERE kind IS NOT NULL GROUP BY kind

-- name: version_diff_classes
-- out: class_index, n_before, n_after, n_added, n_removed, n_gained, n_lost (by relabelling) of each class of two
-- versions
WITH pairs AS (FROM version_pairs($dataset_id, $before, $after)),
gone AS (SELECT kind, unnest(held_before) AS class_index FROM pairs),
come AS (SELECT kind, unnest(held_after) AS class_index FROM pairs),
turned AS (
    SELECT unnest(list_filter(held_after, lambda one: NOT list_contains(held_before, one))) AS gained, NULL AS lost
    FROM pairs WHERE kind = 'relabelled'
    UNION ALL
    SELECT NULL, unnest(list_filter(held_before, lambda one: NOT list_contains(held_after, one)))
    FROM pairs WHERE kind = 'relabelled'
),
told AS (
    SELECT class_index, 1 AS n_before, 0 AS n_after, 0 AS n_added, (kind = 'removed')::INTEGER AS n_removed, 0 AS n_gained,
        0 AS n_lost FROM gone
    UNION ALL
    SELECT class_index, 0, 1, (kind = 'added')::INTEGER, 0, 0, 0 FROM come
    UNION ALL
    SELECT coalesce(gained, lost), 0, 0, 0, 0, (gained IS NOT NULL)::INTEGER, (lost IS NOT NULL)::INTEGER FROM turned
)
SELECT class_index, sum(n_before)::BIGINT AS n_before, sum(n_after)::BIGINT AS n_after,
    coalesce(sum(n_added), 0)::BIGINT AS n_added, coalesce(sum(n_removed), 0)::BIGINT AS n_removed,
    sum(n_gained)::BIGINT AS n_gained, sum(n_lost)::BIGINT AS n_lost
FROM told GROUP BY class_index ORDER BY class_index

-- name: version_diff_page
-- out: image_id, sha256, path, kind, held_before, held_after, split_before, split_after, missing of what differs
-- between two versions; null leaves a filter open
SELECT image.id AS image_id, image.sha256, image.path, pairs.kind, pairs.held_before, pairs.held_after, pairs.split_before,
    pairs.split_after, image.missing
FROM version_pairs($dataset_id, $before, $after) AS pairs
JOIN image ON image.id = pairs.image_id
WHERE pairs.kind = $kind
    AND ($class_index IS NULL OR list_contains(pairs.held_before, $class_index) OR list_contains(pairs.held_after, $class_index))
ORDER BY pairs.held_before[1] NULLS LAST, pairs.held_after[1] NULLS LAST, image.path
LIMIT $n_rows OFFSET $first

-- name: version_restore_acts
-- out: image_id, act, label, labels: what brings the dataset back to a version
WITH item AS (SELECT * FROM version_item WHERE version_id = $version_id),
now AS (SELECT * FROM current_image WHERE dataset_id = $dataset_id)
SELECT now.id AS image_id, 'remove' AS act, NULL::INTEGER AS label, NULL::INTEGER[] AS labels
FROM now WHERE NOT now.removed AND NOT now.missing AND now.id NOT IN (SELECT image_id FROM item)
UNION ALL
SELECT now.id, 'restore', NULL, NULL FROM now JOIN item ON item.image_id = now.id
WHERE now.removed AND now.id NOT IN (SELECT image_id FROM taken_down_image)
UNION ALL
SELECT now.id, 'relabel', item.label, item.labels
FROM now JOIN item ON item.image_id = now.id
WHERE now.label IS DISTINCT FROM item.label OR list_sort(now.labels) IS DISTINCT FROM list_sort(item.labels)
ORDER BY image_id, act DESC

-- name: version_export
-- out: image_id, path, sha256 (frozen), sha256_now, bytes, mtime_ns, missing, label, labels, split, source_url,
-- source, licence (its own), width, height, format, mode of a version's images, without those that were taken down since
SELECT image.id AS image_id, image.path, item.sha256, image.sha256 AS sha256_now, image.bytes, image.mtime_ns, image.missing,
    item.label, item.labels, item.split, coalesce(image.source_url, origin.file_url) AS source_url, image.source,
    CASE said.whose WHEN 'own' THEN said.licence END AS licence, image.width, image.height, image.format, image.mode
FROM version_item AS item
JOIN image ON image.id = item.image_id
JOIN image_licence AS said ON said.image_id = item.image_id
LEFT JOIN picture_origin AS origin ON origin.image_id = item.image_id
WHERE item.version_id = $version_id AND item.image_id NOT IN (SELECT image_id FROM taken_down_image)
ORDER BY image.path

-- name: version_pictures
-- out: image_id, path, sha256, label, labels, split (as frozen), width, height of $n_rows images of the version
-- $version_id from $first on, or of $image_id alone, by path
SELECT image.id AS image_id, image.path, item.sha256, item.label, item.labels, item.split, image.width, image.height
FROM version_item AS item JOIN image ON image.id = item.image_id
WHERE item.version_id = $version_id AND ($image_id IS NULL OR image.id = $image_id)
ORDER BY image.path
LIMIT $n_rows OFFSET $first

-- name: newest_version_id
-- out: id of the version that was frozen last, 0 without one
SELECT coalesce(max(id), 0) FROM version
