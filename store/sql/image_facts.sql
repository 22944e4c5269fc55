-- out: image_id, path, sha256, label, labels, given_label, given_labels, relabelled, removed, missing, split, width, height, bytes, format,
-- mode, n_frames, brightness, contrast, sharpness, entropy, source_url, licence, run_id, imported_at, code_version of that run
SELECT image.id AS image_id, image.path, image.sha256, current_label.label, current_label.labels, image.label AS given_label,
    image.labels AS given_labels, current_label.relabelled, current_label.removed, image.missing, image.split, image.width,
    image.height, image.bytes, image.format, image.mode, image.n_frames, image.brightness, image.contrast, image.sharpness,
    image.entropy, image.source_url, image.licence, image.run_id, image.imported_at, run.code_version
FROM image
JOIN current_label ON current_label.image_id = image.id
LEFT JOIN run ON run.id = image.run_id
WHERE image.id = $image_id AND current_label.image_id = $image_id AND image.dataset_id = $dataset_id
