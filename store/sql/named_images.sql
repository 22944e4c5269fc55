-- out: image_id, label (now; null without one), agreed (classifier and neighbours of label check $label_run say the same), of the kept
-- images with a vector in this space, by id. The classifier never saw the picture it judges; zero-shot has no say in it.
SELECT vectors.image_id, image.label,
    coalesce(image.label = opinion.neighbour_label
        AND image.label = list_position(held_out.probabilities, list_max(held_out.probabilities)) - 1, false) AS agreed
FROM {vector_table} AS vectors
JOIN current_label AS image ON image.image_id = vectors.image_id
JOIN image AS file ON file.id = vectors.image_id
LEFT JOIN label_opinion AS opinion ON opinion.image_id = vectors.image_id AND opinion.run_id = $label_run
LEFT JOIN prediction AS held_out ON held_out.image_id = vectors.image_id AND held_out.run_id = $label_run
WHERE image.dataset_id = $dataset_id AND NOT file.missing AND NOT image.removed
ORDER BY vectors.image_id
