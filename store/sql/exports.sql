-- name: insert_export_items
-- out: nothing
INSERT INTO export_item (run_id, path, image_id, partner_id, technique, own_share, label, split)
SELECT $run_id, path, image_id, partner_id, technique, own_share, label, split FROM incoming

-- name: count_export_items
-- out: how many files a run exported
SELECT count(*) FROM export_item WHERE run_id = $run_id

-- name: delete_previews
-- out: nothing; previews of a dataset that are older than a run
DELETE FROM augmentation_preview
WHERE run_id < $run_id AND run_id IN (SELECT id FROM run WHERE dataset_id = $dataset_id)

-- name: insert_previews
-- out: nothing
INSERT INTO augmentation_preview (run_id, n, image_id, partner_id, technique, own_share, picture)
SELECT $run_id, n, image_id, partner_id, technique, own_share, picture FROM incoming

-- name: augmentation_previews
-- out: n, image_id, sha256, partner_id, partner_sha256, technique, own_share, picture of a preview run
SELECT preview.n, preview.image_id, image.sha256, preview.partner_id, partner.sha256 AS partner_sha256, preview.technique,
    preview.own_share, preview.picture
FROM augmentation_preview AS preview
JOIN image ON image.id = preview.image_id
LEFT JOIN image AS partner ON partner.id = preview.partner_id
WHERE preview.run_id = $run_id
ORDER BY preview.n

-- name: original_keys
-- out: image_id, path, sha256, missing of every image of a dataset as it was imported
SELECT id AS image_id, path, sha256, missing FROM image WHERE dataset_id = $dataset_id ORDER BY path

-- name: boxes_of_version
-- out: image_id, class_index, score, x1, y1, x2, y2, area, mask of the objects of run $run_id from a score on in a
-- version's images, by image, the best first
SELECT image_id, class_index, score, x1, y1, x2, y2, area, mask
FROM detection
WHERE run_id = $run_id AND score >= $score
    AND image_id IN (SELECT image_id FROM version_item WHERE version_id = $version_id)
    AND image_id NOT IN (SELECT image_id FROM taken_down_image)
ORDER BY image_id, score DESC, x1, y1, x2, y2, class_index

-- name: looked_at_of_version
-- out: image_id of a version's images that run $run_id looked at, by image
SELECT image_id FROM detection_scan
WHERE run_id = $run_id AND image_id IN (SELECT image_id FROM version_item WHERE version_id = $version_id)
ORDER BY image_id

-- name: kept_export
-- out: what `version_export` gives, of a dataset's kept images as they are now
SELECT image.id AS image_id, image.path, image.sha256, image.sha256 AS sha256_now, image.bytes, image.mtime_ns, false AS missing,
    image.label, image.labels, image.split, coalesce(image.source_url, origin.file_url) AS source_url, image.source,
    CASE said.whose WHEN 'own' THEN said.licence END AS licence, image.width, image.height, image.format, image.mode
FROM kept_image AS image
JOIN image_licence AS said ON said.image_id = image.id
LEFT JOIN picture_origin AS origin ON origin.image_id = image.id
WHERE image.dataset_id = $dataset_id
ORDER BY image.path
