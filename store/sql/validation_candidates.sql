-- out: image_id, sha256, path, label, rank, stands_for, n_heard, margin, n_near, confirmed (null: not looked at), usable (still kept, with that
-- label) of a run's candidates, by class and rank
SELECT candidate.image_id, image.sha256, image.path, candidate.label, candidate.rank, candidate.stands_for, candidate.n_heard,
    candidate.margin, coalesce(near.n, 0) AS n_near, answer.confirmed,
    NOT image.removed AND NOT image.missing AND image.label IS NOT DISTINCT FROM candidate.label AS usable
FROM validation_candidate AS candidate
JOIN current_image AS image ON image.id = candidate.image_id
LEFT JOIN validation_answer AS answer ON answer.run_id = candidate.run_id AND answer.image_id = candidate.image_id
LEFT JOIN (SELECT image_id, count(*) AS n FROM validation_near WHERE run_id = $run_id GROUP BY image_id) AS near
    ON near.image_id = candidate.image_id
WHERE candidate.run_id = $run_id AND image.dataset_id = $dataset_id
ORDER BY candidate.label, candidate.rank
