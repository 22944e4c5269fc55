-- out: image_id, path, sha256 (frozen), sha256_now, bytes, mtime_ns, missing, label, labels, split, source_url, licence, width, height,
-- format, mode of a version's images
SELECT image.id AS image_id, image.path, item.sha256, image.sha256 AS sha256_now, image.bytes, image.mtime_ns, image.missing,
    item.label, item.labels, item.split, image.source_url, image.licence, image.width, image.height, image.format, image.mode
FROM version_item AS item JOIN image ON image.id = item.image_id
WHERE item.version_id = $version_id
ORDER BY image.path
