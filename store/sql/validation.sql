-- name: images_agreed
-- out: image_id, label, n_heard, margin, agreed, pixel_sha256, phash of the kept images; agreed: every method asked
-- by the label check is content with the label it has now, and nothing else was held against the picture
SELECT image.id AS image_id, image.label, coalesce(opinion.n_heard, 0)::TINYINT AS n_heard, opinion.margin,
    image.label IS NOT NULL AND opinion.image_id IS NOT NULL AND opinion.label IS NOT DISTINCT FROM image.label
        AND opinion.n_against = 0 AND opinion.n_heard >= 2 AND issue.image_id IS NULL AS agreed,
    image.pixel_sha256, image.phash
FROM kept_image AS image
LEFT JOIN label_opinion AS opinion ON opinion.image_id = image.id AND opinion.run_id = $label_run
LEFT JOIN (SELECT DISTINCT image_id FROM label_issue WHERE run_id = $label_run) AS issue ON issue.image_id = image.id
WHERE image.dataset_id = $dataset_id
ORDER BY image.id

-- name: run_of_kind
-- out: id of the newest complete run of a kind, or of run $run_id if it is one
SELECT id FROM run WHERE dataset_id = $dataset_id AND kind = $kind AND complete AND ($run_id = 0 OR id = $run_id)
ORDER BY id DESC LIMIT 1

-- name: insert_validation_candidates
-- out: nothing
INSERT INTO validation_candidate (run_id, image_id, label, rank, stands_for, n_heard, margin)
SELECT $run_id, image_id, label, rank, stands_for, n_heard, margin FROM incoming WHERE near_id IS NULL

-- name: insert_validation_near
-- out: nothing
INSERT INTO validation_near (run_id, image_id, near_id, cosine, hamming_bits)
SELECT $run_id, image_id, near_id, cosine, hamming_bits FROM incoming WHERE near_id IS NOT NULL

-- name: count_validation_candidates
-- out: how many candidates a run has
SELECT count(*) FROM validation_candidate WHERE run_id = $run_id

-- name: validation_candidates
-- out: image_id, sha256, path, label, rank, stands_for, n_heard, margin, n_near, confirmed (null: not looked at),
-- usable (still kept, with that label) of a run's candidates, by class and rank
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
