-- out: version_id, image_id, label of the images of versions $version_ids that have one label there
SELECT version_id, image_id, label FROM version_item
WHERE list_contains($version_ids, version_id) AND label IS NOT NULL
