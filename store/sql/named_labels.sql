-- out: label (now; null without one), predicted, agreed (as in named_images) of the kept images that zero-shot run $run_id predicted
SELECT image.label, list_position(told.probabilities, list_max(told.probabilities)) - 1 AS predicted,
    coalesce(image.label = opinion.neighbour_label
        AND image.label = list_position(held_out.probabilities, list_max(held_out.probabilities)) - 1, false) AS agreed
FROM prediction AS told
JOIN current_label AS image ON image.image_id = told.image_id
LEFT JOIN label_opinion AS opinion ON opinion.image_id = told.image_id AND opinion.run_id = $label_run
LEFT JOIN prediction AS held_out ON held_out.image_id = told.image_id AND held_out.run_id = $label_run
WHERE told.run_id = $run_id AND NOT image.removed
ORDER BY told.image_id
