-- name: reviewed_pictures
-- out: key (of what was asked), image_id: the image of a dataset with the bytes asked for; of several the one of the same
-- number, else of the same path, else the first; asked: key, image_id, sha256, path
SELECT asked.key, image.id AS image_id
FROM asked JOIN image ON image.sha256 = asked.sha256
WHERE image.dataset_id = $dataset_id
QUALIFY row_number() OVER (
    PARTITION BY asked.key
    ORDER BY image.id = asked.image_id DESC, image.path = asked.path DESC, image.id
) = 1

-- name: insert_rubric_score
-- out: nothing
INSERT OR IGNORE INTO rubric_score (dataset_id, reviewer, bundle_run, criterion, title, score, of_most, note, saved_at,
    taken_in_at)
VALUES ($dataset_id, $reviewer, $bundle_run, $criterion, $title, $score, $of_most, $note, $saved_at, $taken_in_at)

-- name: same_rubric_score
-- out: n: 1 where a reviewer's newest score of a criterion of a bundle is this one already
SELECT count(*) AS n FROM current_rubric_score
WHERE dataset_id = $dataset_id AND reviewer = $reviewer AND bundle_run = $bundle_run AND criterion = $criterion
    AND score = $score AND of_most = $of_most AND note = $note

-- name: insert_review_opinion
-- out: nothing
INSERT OR IGNORE INTO review_opinion (dataset_id, reviewer, bundle_run, image_id, verdict, label, said_at, taken_in_at)
VALUES ($dataset_id, $reviewer, $bundle_run, $image_id, $verdict, $label, $said_at, $taken_in_at)

-- name: count_reviews
-- out: n_comments, n_scores, n_opinions of a dataset
SELECT (SELECT count(*) FROM comment WHERE dataset_id = $dataset_id) AS n_comments,
    (SELECT count(*) FROM rubric_score WHERE dataset_id = $dataset_id) AS n_scores,
    (SELECT count(*) FROM review_opinion WHERE dataset_id = $dataset_id) AS n_opinions

-- name: list_rubric_scores
-- out: reviewer, bundle_run, criterion, title, score, of_most, note, saved_at: the newest of each reviewer and bundle
SELECT reviewer, bundle_run, criterion, title, score, of_most, note, saved_at
FROM current_rubric_score WHERE dataset_id = $dataset_id ORDER BY criterion, reviewer, bundle_run

-- name: list_review_opinions
-- out: image_id, sha256, path, label_now, reviewer, verdict, label, said_at: the newest of each reviewer, wrong ones first
SELECT opinion.image_id, image.sha256, image.path, image.label AS label_now, opinion.reviewer, opinion.verdict, opinion.label,
    opinion.said_at
FROM current_review_opinion AS opinion JOIN current_image AS image ON image.id = opinion.image_id
WHERE opinion.dataset_id = $dataset_id
ORDER BY CASE opinion.verdict WHEN 'wrong' THEN 0 WHEN 'unsure' THEN 1 ELSE 2 END, opinion.image_id, opinion.reviewer
LIMIT $n_rows
