-- out: image_id, sha256, label of up to $n_rows images of each label of $labels whose labels run $run_id believes most
SELECT image.id AS image_id, image.sha256, opinion.label
FROM label_opinion AS opinion JOIN current_image AS image ON image.id = opinion.image_id
WHERE opinion.run_id = $run_id AND image.dataset_id = $dataset_id AND NOT image.missing AND NOT image.removed
    AND list_contains($labels, opinion.label) AND opinion.n_against = 0
QUALIFY row_number() OVER (PARTITION BY opinion.label ORDER BY opinion.self_confidence DESC, image.path) <= $n_rows
ORDER BY opinion.label, opinion.self_confidence DESC, image.path
