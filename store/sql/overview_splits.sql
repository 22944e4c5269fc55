-- out: split (null: none), n of the kept images
-- Only images that decisions touched are looked up in current_label: at a million images three times faster than joining it whole.
WITH changed AS (
    SELECT image_id, label, labels, relabelled, removed FROM current_label
    WHERE dataset_id = $dataset_id AND (relabelled OR removed)
)
SELECT image.split, count(*) AS n
FROM image LEFT JOIN changed ON changed.image_id = image.id
WHERE image.dataset_id = $dataset_id AND NOT image.missing AND NOT coalesce(changed.removed, false)
GROUP BY image.split
ORDER BY image.split
