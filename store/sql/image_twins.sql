-- out: image_id, sha256, path, label, labels, split, n_twins (of all) of the first $n_rows other kept images with the same bytes, by path
SELECT image.id AS image_id, image.sha256, image.path, current_label.label, current_label.labels, image.split,
    count(*) OVER () AS n_twins
FROM image JOIN current_label ON current_label.image_id = image.id
WHERE image.dataset_id = $dataset_id AND current_label.dataset_id = $dataset_id AND NOT image.missing AND NOT current_label.removed
    AND image.sha256 = $sha256 AND image.id <> $image_id
ORDER BY image.path
LIMIT $n_rows
