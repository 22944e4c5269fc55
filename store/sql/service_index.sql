-- name: served_images
-- out: image_id, path, sha256, pixel_sha256, phash, width, height, bytes, format, has_thumb, split, label, labels, licence (its own or its
-- dataset's), source_url, brightness, contrast, sharpness, entropy of the kept images of a dataset, by id
SELECT image.id AS image_id, image.path, image.sha256, image.pixel_sha256, image.phash, image.width, image.height,
    image.bytes, image.format, image.has_thumb, image.split, image.label, image.labels,
    nullif(said.licence, '') AS licence, coalesce(image.source_url, origin.file_url) AS source_url,
    image.brightness, image.contrast, image.sharpness, image.entropy
FROM kept_image AS image
JOIN image_licence AS said ON said.image_id = image.id
LEFT JOIN picture_origin AS origin ON origin.image_id = image.id
WHERE image.dataset_id = $dataset_id
ORDER BY image.id

-- name: served_detections
-- out: image_id, class_name, score, x1, y1, x2, y2 of the objects of run $run_id in the kept images of a dataset, by
-- image, the best first
SELECT detection.image_id, named.name AS class_name, detection.score, detection.x1, detection.y1, detection.x2,
    detection.y2
FROM detection
JOIN detected_class AS named ON named.run_id = detection.run_id AND named.class_index = detection.class_index
JOIN kept_image AS image ON image.id = detection.image_id
WHERE detection.run_id = $run_id AND image.dataset_id = $dataset_id
ORDER BY detection.image_id, detection.score DESC, detection.x1, detection.y1

-- name: served_networks
-- out: run_id, model, parameters, figures of the finished training runs of networks of a dataset, newest first
SELECT id AS run_id, model, parameters, figures FROM run
WHERE dataset_id = $dataset_id AND kind = 'train' AND complete AND model NOT IN ('logistic', 'knn')
ORDER BY id DESC
