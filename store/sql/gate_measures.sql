-- name: gate_images
-- out: image_id, path, bytes, pixel_sha256, missing of the images of a dataset that nobody removed, by path
SELECT id AS image_id, path, bytes, pixel_sha256, missing
FROM current_image WHERE dataset_id = $dataset_id AND NOT removed
ORDER BY path

-- name: gate_unlabelled
-- out: image_id, path of the kept images without a label that is a class of the dataset, by path
SELECT image.id AS image_id, image.path
FROM kept_image AS image
WHERE image.dataset_id = $dataset_id AND NOT (
    CASE WHEN image.labels IS NOT NULL THEN len(image.labels) > 0 AND list_has_all(
        (SELECT coalesce(list(index), []) FROM class_name WHERE dataset_id = $dataset_id), image.labels
    )
    ELSE image.label IS NOT NULL
        AND image.label IN (SELECT index FROM class_name WHERE dataset_id = $dataset_id)
    END
)
ORDER BY image.path

-- name: gate_newest_picture
-- out: imported_at of the picture that was taken in last; null without one
SELECT max(imported_at) AS imported_at FROM image WHERE dataset_id = $dataset_id AND NOT missing

-- name: gate_doubted
-- out: image_id, path of the kept images whose label the check $run_id doubts, the most doubtful first
SELECT issue.image_id, image.path
FROM label_issue AS issue JOIN kept_image AS image ON image.id = issue.image_id
WHERE issue.run_id = $run_id AND issue.kind = 'label' AND image.dataset_id = $dataset_id
ORDER BY issue.score DESC, image.path

-- name: gate_repeated_vectors
-- out: image_id, path, n of the images that have several vectors in a space, by path
SELECT vectors.image_id, coalesce(any_value(image.path), '') AS path, count(*) AS n
FROM {vector_table} AS vectors LEFT JOIN image ON image.id = vectors.image_id
GROUP BY vectors.image_id HAVING count(*) > 1
ORDER BY path, vectors.image_id

-- name: gate_strange_vectors
-- out: image_id of the vectors of a space that are of no image of its dataset, by id
SELECT vectors.image_id FROM {vector_table} AS vectors
WHERE vectors.image_id NOT IN (SELECT id FROM image WHERE dataset_id = $dataset_id)
ORDER BY vectors.image_id

-- name: gate_other_widths
-- out: image_id of the vectors of a space that have not $dim numbers, by id
SELECT image_id FROM {vector_table} WHERE len(vector) <> $dim ORDER BY image_id

-- name: gate_images_with_vector
-- out: image_id that have a vector in a space
SELECT DISTINCT image_id FROM {vector_table}

-- name: gate_judged
-- out: n of the kept images that the label check $run_id judged
SELECT count(*) AS n FROM label_opinion AS opinion JOIN kept_image AS image ON image.id = opinion.image_id
WHERE opinion.run_id = $run_id AND image.dataset_id = $dataset_id
