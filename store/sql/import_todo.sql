-- out: path, label, labels, split, source_url, licence, known; the files of `incoming` that are new or changed, or failed before
SELECT incoming.path, incoming.label, incoming.labels, incoming.split, incoming.source_url, incoming.licence,
    image.id IS NOT NULL AS known
FROM incoming
LEFT JOIN image ON image.dataset_id = $dataset_id AND image.path = incoming.path
WHERE image.id IS NULL OR image.missing OR incoming.bytes IS NULL
    OR image.bytes <> incoming.bytes OR image.mtime_ns <> incoming.mtime_ns
ORDER BY incoming.path
