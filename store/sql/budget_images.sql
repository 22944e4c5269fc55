-- out: image_id, split, pixel_sha256, given (class index as imported), now (after decisions), removed, doubted, suggested, outlier, believed, copy_group of the images with a vector in this space; the label check is run $label_run
SELECT vectors.image_id, image.split, image.pixel_sha256, image.label AS given, current_label.label AS now,
    current_label.removed,
    vectors.image_id IN (SELECT image_id FROM label_issue WHERE run_id = $label_run AND kind <> 'outlier') AS doubted,
    opinion.suggested,
    vectors.image_id IN (SELECT image_id FROM label_issue WHERE run_id = $label_run AND kind = 'outlier') AS outlier,
    coalesce(opinion.n_heard > 0 AND opinion.n_against = 0, false)
        AND vectors.image_id NOT IN (SELECT image_id FROM label_issue WHERE run_id = $label_run) AS believed,
    opinion.copy_group
FROM {vector_table} AS vectors
JOIN image ON image.id = vectors.image_id
JOIN current_label ON current_label.image_id = image.id
LEFT JOIN label_opinion AS opinion ON opinion.image_id = vectors.image_id AND opinion.run_id = $label_run
WHERE image.dataset_id = $dataset_id AND NOT image.missing
ORDER BY vectors.image_id
