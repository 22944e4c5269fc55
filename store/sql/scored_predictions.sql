-- out: image_id, part (what run $run_id used the picture for; null where it kept no such record), probabilities (null without any)
-- of the pictures that runs are scored on, by id
SELECT picture.image_id, item.part, predicted.probabilities
FROM scored_pictures($dataset_id, $source, $number, $split) AS picture
LEFT JOIN (SELECT image_id, part FROM run_item WHERE run_id = $run_id) AS item ON item.image_id = picture.image_id
LEFT JOIN (SELECT image_id, probabilities FROM prediction WHERE run_id = $run_id) AS predicted
    ON predicted.image_id = picture.image_id
ORDER BY picture.image_id
