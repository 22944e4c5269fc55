-- name: list_selections
-- out: id, dataset_id, name, run_id, who, created_at, n_images of the dataset's saved selections, by name
SELECT selection.id, selection.dataset_id, selection.name, selection.run_id, selection.who, selection.created_at,
    (SELECT count(*) FROM selection_image WHERE selection_id = selection.id) AS n_images
FROM selection
WHERE selection.dataset_id = $dataset_id
ORDER BY lower(selection.name), selection.id

-- name: insert_selection
-- out: id
INSERT INTO selection (id, dataset_id, name, run_id, who, created_at)
VALUES (nextval('selection_ids'), $dataset_id, $name, $run_id, $who, $created_at)
RETURNING id

-- name: insert_selection_images
-- out: (nothing) adds the images of chosen (image_id) that dataset $dataset_id has to selection $selection_id, each
-- once
INSERT INTO selection_image (selection_id, image_id)
SELECT DISTINCT $selection_id, image.id FROM image JOIN chosen ON chosen.image_id = image.id WHERE image.dataset_id = $dataset_id

-- name: selection_images
-- out: image_id of a selection's images, ascending
SELECT image_id FROM selection_image WHERE selection_id = $selection_id ORDER BY image_id

-- name: delete_selection_images
-- out: (nothing)
DELETE FROM selection_image WHERE selection_id = $selection_id

-- name: delete_selection
-- out: (nothing)
DELETE FROM selection WHERE id = $selection_id

-- name: chosen_export
-- out: image_id, path, class, given_class (names; several joined by |), split, width, height, format, bytes,
-- brightness, contrast, sharpness, entropy, removed, sha256, source_url, source, licence of the images in chosen
-- (image_id), by path
WITH names AS (
    SELECT map(list(index), list(coalesce(corrected_name, name))) AS name_of FROM class_name WHERE dataset_id = $dataset_id
)
SELECT image.id AS image_id, image.path,
    CASE WHEN image.labels IS NULL THEN name_of[image.label]
        ELSE array_to_string(list_transform(image.labels, lambda index: name_of[index]), '|') END AS class,
    CASE WHEN image.given_labels IS NULL THEN name_of[image.given_label]
        ELSE array_to_string(list_transform(image.given_labels, lambda index: name_of[index]), '|') END AS given_class,
    image.split, image.width, image.height, image.format, image.bytes, image.brightness, image.contrast, image.sharpness,
    image.entropy, image.removed, image.sha256, image.source_url, image.source, image.licence
FROM current_image AS image CROSS JOIN names
JOIN chosen ON chosen.image_id = image.id
WHERE image.dataset_id = $dataset_id
ORDER BY image.path
