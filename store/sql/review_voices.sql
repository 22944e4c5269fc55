-- out: image_id, labelled, kept, neighbour_label, copy_label, zero_shot_label, detected_label of the images run $run_id has an opinion on, by image
SELECT opinion.image_id, image.label IS NOT NULL AS labelled, NOT image.missing AND NOT image.removed AS kept,
    CASE WHEN opinion.n_neighbours > 0 THEN opinion.neighbour_label END AS neighbour_label,
    CASE WHEN opinion.n_copies > 0 THEN opinion.copy_label END AS copy_label, opinion.zero_shot_label,
    CASE WHEN opinion.detections IS NOT NULL THEN opinion.detected_label END AS detected_label
FROM label_opinion AS opinion JOIN current_image AS image ON image.id = opinion.image_id
WHERE opinion.run_id = $run_id AND image.dataset_id = $dataset_id
ORDER BY opinion.image_id
