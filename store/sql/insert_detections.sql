-- out: nothing; incoming: image_id, sha256, reason, and a list each of classes, scores, x1, y1, x2, y2, areas, masks; only for images that still have that content and were not looked at yet
INSERT INTO detection
SELECT $run_id, image_id, unnest(classes), unnest(scores), unnest(x1), unnest(y1), unnest(x2), unnest(y2), unnest(areas),
    unnest(masks)
FROM (
    SELECT incoming.*
    FROM incoming
    JOIN image ON image.id = incoming.image_id AND image.sha256 = incoming.sha256
    WHERE incoming.reason IS NULL
        AND incoming.image_id NOT IN (SELECT image_id FROM detection_scan WHERE run_id = $run_id)
) AS fresh
