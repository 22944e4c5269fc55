-- name: files_of_takedown
-- out: image_id, root, path, sha256, is_collected (a collection wrote the file), is_shared (an image that is not taken down has the
-- same bytes) of the images that takedown $takedown_id is about, by image
SELECT image.id AS image_id, dataset.root, image.path, image.sha256,
    EXISTS (SELECT 1 FROM collected WHERE collected.dataset_id = image.dataset_id AND collected.path = image.path
        AND collected.outcome = 'kept') AS is_collected,
    EXISTS (SELECT 1 FROM image AS other WHERE other.sha256 = image.sha256
        AND other.id NOT IN (SELECT image_id FROM taken_down_image)) AS is_shared
FROM taken_down_image AS taken
JOIN image ON image.id = taken.image_id
JOIN dataset ON dataset.id = image.dataset_id
WHERE taken.takedown_id = $takedown_id AND taken.dataset_id = $dataset_id
ORDER BY image.id

-- name: mark_files_deleted
-- out: nothing; incoming: image_id of images whose file is gone for good
UPDATE image SET missing = true, has_thumb = false WHERE dataset_id = $dataset_id AND id IN (SELECT image_id FROM incoming)
