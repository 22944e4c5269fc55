-- out: image_id, act, label, labels: what brings the dataset back to a version
WITH item AS (SELECT * FROM version_item WHERE version_id = $version_id),
now AS (SELECT * FROM current_image WHERE dataset_id = $dataset_id)
SELECT now.id AS image_id, 'remove' AS act, NULL::INTEGER AS label, NULL::INTEGER[] AS labels
FROM now WHERE NOT now.removed AND NOT now.missing AND now.id NOT IN (SELECT image_id FROM item)
UNION ALL
SELECT now.id, 'restore', NULL, NULL FROM now JOIN item ON item.image_id = now.id WHERE now.removed
UNION ALL
SELECT now.id, 'relabel', item.label, item.labels
FROM now JOIN item ON item.image_id = now.id
WHERE now.label IS DISTINCT FROM item.label OR list_sort(now.labels) IS DISTINCT FROM list_sort(item.labels)
ORDER BY image_id, act DESC
