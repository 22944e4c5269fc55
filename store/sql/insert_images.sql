-- out: nothing; images of `incoming` that are not known yet, numbered in its order
INSERT INTO image (id, dataset_id, path, sha256, pixel_sha256, phash, width, height, bytes, mtime_ns, format, mode,
    n_frames, label, labels, split, source_url, licence, brightness, contrast, sharpness, entropy, has_thumb, missing,
    run_id, imported_at)
SELECT nextval('image_ids'), $dataset_id, path, sha256, pixel_sha256, phash, width, height, bytes, mtime_ns, format, mode,
    n_frames, label, labels, split, source_url, licence, brightness, contrast, sharpness, entropy, has_thumb, false,
    $run_id, $imported_at
FROM incoming
WHERE code IS NULL AND path NOT IN (SELECT path FROM known)
