-- out: image_id, sha256, path, label, labels (today's), split of a run's evaluation set, by class
SELECT image.id AS image_id, image.sha256, image.path, image.label, image.labels, image.split
FROM budget_evaluation JOIN current_image AS image ON image.id = budget_evaluation.image_id
WHERE budget_evaluation.run_id = $run_id ORDER BY image.label, image.id
