-- name: images_to_name
-- out: image_id of the kept images with a vector in this space that run $run_id has no prediction of yet
SELECT vectors.image_id
FROM {vector_table} AS vectors
JOIN kept_image AS image ON image.id = vectors.image_id
WHERE image.dataset_id = $dataset_id
    AND vectors.image_id NOT IN (SELECT image_id FROM prediction WHERE run_id = $run_id)
    AND vectors.image_id NOT IN (SELECT image_id FROM run_failure WHERE run_id = $run_id)
ORDER BY vectors.image_id

-- name: named_images
-- out: image_id, label (now; null without one), agreed (classifier and neighbours of label check $label_run say the
-- same), of the kept images with a vector in this space, by id. The classifier never saw the picture it judges;
-- zero-shot has no say in it.
SELECT vectors.image_id, image.label,
    coalesce(image.label = opinion.neighbour_label
        AND image.label = list_position(held_out.probabilities, list_max(held_out.probabilities)) - 1, false) AS agreed
FROM {vector_table} AS vectors
JOIN kept_image AS image ON image.id = vectors.image_id
LEFT JOIN label_opinion AS opinion ON opinion.image_id = vectors.image_id AND opinion.run_id = $label_run
LEFT JOIN prediction AS held_out ON held_out.image_id = vectors.image_id AND held_out.run_id = $label_run
WHERE image.dataset_id = $dataset_id
ORDER BY vectors.image_id

-- name: vectors_state
-- out: n, newest: how many vectors the space has, and the last run that wrote one
SELECT count(*) AS n, coalesce(max(run_id), 0) AS newest FROM {vector_table}

-- name: named_labels
-- out: label (now; null without one), predicted, agreed (as in named_images) of the kept images that zero-shot run
-- $run_id predicted
SELECT image.label, list_position(told.probabilities, list_max(told.probabilities)) - 1 AS predicted,
    coalesce(image.label = opinion.neighbour_label
        AND image.label = list_position(held_out.probabilities, list_max(held_out.probabilities)) - 1, false) AS agreed
FROM prediction AS told
JOIN current_label AS image ON image.image_id = told.image_id
LEFT JOIN label_opinion AS opinion ON opinion.image_id = told.image_id AND opinion.run_id = $label_run
LEFT JOIN prediction AS held_out ON held_out.image_id = told.image_id AND held_out.run_id = $label_run
WHERE told.run_id = $run_id AND NOT image.removed
ORDER BY told.image_id
