-- out: nothing; known images of `incoming` take its values and keep their ids
UPDATE image SET sha256 = incoming.sha256, pixel_sha256 = incoming.pixel_sha256, phash = incoming.phash,
    width = incoming.width, height = incoming.height, bytes = incoming.bytes, mtime_ns = incoming.mtime_ns,
    format = incoming.format, mode = incoming.mode, n_frames = incoming.n_frames,
    label = incoming.label, labels = incoming.labels, split = incoming.split,
    source_url = incoming.source_url, licence = incoming.licence,
    brightness = incoming.brightness, contrast = incoming.contrast, sharpness = incoming.sharpness,
    entropy = incoming.entropy, has_thumb = incoming.has_thumb, missing = false,
    run_id = $run_id, imported_at = $imported_at
FROM incoming
WHERE image.dataset_id = $dataset_id AND image.path = incoming.path AND incoming.code IS NULL
