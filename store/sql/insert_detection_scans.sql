-- out: nothing; incoming: image_id, sha256, reason, classes (a list an image); only for images that still have that content and were not looked at yet
INSERT INTO detection_scan
SELECT $run_id, incoming.image_id, len(incoming.classes)
FROM incoming
JOIN image ON image.id = incoming.image_id AND image.sha256 = incoming.sha256
WHERE incoming.reason IS NULL
    AND incoming.image_id NOT IN (SELECT image_id FROM detection_scan WHERE run_id = $run_id)
