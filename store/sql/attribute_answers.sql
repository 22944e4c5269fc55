-- out: image_id, label (the first of several), share of the kept images that a run has asked, by image
SELECT answer.image_id, coalesce(image.label, image.labels[1]) AS label, answer.share
FROM attribute_value AS answer JOIN current_image AS image ON image.id = answer.image_id
WHERE answer.run_id = $run_id AND image.dataset_id = $dataset_id AND NOT image.missing AND NOT image.removed
ORDER BY answer.image_id
