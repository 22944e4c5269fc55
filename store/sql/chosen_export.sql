-- out: image_id, path, class, given_class (names; several joined by |), split, width, height, format, bytes, brightness, contrast,
-- sharpness, entropy, removed, sha256, source_url, licence of the images in chosen (image_id), by path
WITH names AS (
    SELECT map(list(index), list(coalesce(corrected_name, name))) AS name_of FROM class_name WHERE dataset_id = $dataset_id
)
SELECT image.id AS image_id, image.path,
    CASE WHEN image.labels IS NULL THEN name_of[image.label]
        ELSE array_to_string(list_transform(image.labels, lambda index: name_of[index]), '|') END AS class,
    CASE WHEN image.given_labels IS NULL THEN name_of[image.given_label]
        ELSE array_to_string(list_transform(image.given_labels, lambda index: name_of[index]), '|') END AS given_class,
    image.split, image.width, image.height, image.format, image.bytes, image.brightness, image.contrast, image.sharpness,
    image.entropy, image.removed, image.sha256, image.source_url, image.licence
FROM current_image AS image CROSS JOIN names
JOIN chosen ON chosen.image_id = image.id
WHERE image.dataset_id = $dataset_id
ORDER BY image.path
