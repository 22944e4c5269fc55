-- out: image_id, doubted, suggested, outlier, copy_group of the dataset's images, by the label check $label_run
SELECT image.id AS image_id,
    image.id IN (SELECT image_id FROM label_issue WHERE run_id = $label_run AND kind <> 'outlier') AS doubted,
    opinion.suggested,
    image.id IN (SELECT image_id FROM label_issue WHERE run_id = $label_run AND kind = 'outlier') AS outlier,
    opinion.copy_group
FROM image LEFT JOIN label_opinion AS opinion ON opinion.image_id = image.id AND opinion.run_id = $label_run
WHERE image.dataset_id = $dataset_id AND NOT image.missing
ORDER BY image.id
