-- out: image_id of the labelled images that run $run_id doubts in no way and nobody has relabelled, by image
SELECT opinion.image_id FROM label_opinion AS opinion JOIN current_image AS image ON image.id = opinion.image_id
WHERE opinion.run_id = $run_id AND opinion.label IS NOT NULL AND image.dataset_id = $dataset_id AND NOT image.relabelled
    AND opinion.image_id NOT IN (SELECT image_id FROM label_issue WHERE run_id = $run_id)
ORDER BY opinion.image_id
