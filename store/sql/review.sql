-- name: review_issues
-- out: image_id of the images that run $run_id doubts for one of $kinds, the surest first; outliers by how far out
-- they lie
WITH issue AS (
    SELECT image_id, max(score) AS score FROM label_issue
    WHERE run_id = $run_id AND list_contains($kinds, kind)
    GROUP BY image_id
)
SELECT issue.image_id
FROM issue
JOIN label_opinion AS opinion ON opinion.run_id = $run_id AND opinion.image_id = issue.image_id
JOIN image ON image.id = issue.image_id
WHERE image.dataset_id = $dataset_id AND NOT image.missing AND ($class_index IS NULL OR opinion.label = $class_index)
ORDER BY CASE WHEN $by_score THEN issue.score ELSE opinion.severity END DESC, issue.image_id

-- name: review_duplicates
-- out: image_id of the images in groups of the newest search for duplicates (and, without one, of the same bytes),
-- group by group, groups whose labels differ first
WITH newest AS (
    SELECT max(id) AS run_id FROM run WHERE dataset_id = $dataset_id AND kind = 'duplicates' AND complete
),
member AS (
    SELECT image_id, group_number::VARCHAR AS place FROM duplicate_group WHERE run_id = (SELECT run_id FROM newest)
    UNION ALL
    SELECT id AS image_id, sha256 AS place FROM image
    WHERE dataset_id = $dataset_id AND (SELECT run_id FROM newest) IS NULL
    QUALIFY count(*) OVER (PARTITION BY sha256) > 1
),
judged AS (
    SELECT member.image_id, member.place,
        min(image.label) OVER (PARTITION BY member.place) IS DISTINCT FROM max(image.label) OVER (PARTITION BY member.place)
            AS differ,
        min(member.image_id) OVER (PARTITION BY member.place) AS first_image
    FROM member JOIN image ON image.id = member.image_id
    WHERE image.dataset_id = $dataset_id AND NOT image.missing
        AND ($class_index IS NULL OR member.place IN (
            SELECT beside.place FROM member AS beside JOIN image AS other ON other.id = beside.image_id
            WHERE other.label = $class_index
        ))
)
SELECT image_id FROM judged ORDER BY differ DESC, first_image, image_id

-- name: review_class
-- out: image_id of the images that carry a class now or in the source (null: no label), the least believed by run
-- $run_id first
WITH held AS (
    SELECT image.id, opinion.self_confidence
    FROM current_image AS image
    LEFT JOIN (SELECT image_id, self_confidence FROM label_opinion WHERE run_id = $run_id) AS opinion ON opinion.image_id = image.id
    WHERE image.dataset_id = $dataset_id AND NOT image.missing AND CASE
        WHEN $class_index IS NULL THEN image.given_label IS NULL AND coalesce(len(image.given_labels), 0) = 0
        ELSE image.label = $class_index OR image.given_label = $class_index OR list_contains(image.labels, $class_index)
            OR list_contains(image.given_labels, $class_index)
    END
)
SELECT id AS image_id FROM held ORDER BY self_confidence NULLS LAST, id

-- name: review_blind
-- out: image_id, flagged of a sample that only $seed draws: $n_plain images that run $run_id doubts in no way,
-- $n_flagged that it does, mixed
WITH drawn AS (
    SELECT opinion.image_id, hash(opinion.image_id, $seed::BIGINT) AS place,
        opinion.image_id IN (SELECT image_id FROM label_issue WHERE run_id = $run_id) AS flagged
    FROM label_opinion AS opinion JOIN image ON image.id = opinion.image_id
    WHERE opinion.run_id = $run_id AND opinion.label IS NOT NULL AND image.dataset_id = $dataset_id AND NOT image.missing
    QUALIFY row_number() OVER (PARTITION BY flagged ORDER BY place, opinion.image_id)
        <= CASE WHEN flagged THEN $n_flagged ELSE $n_plain END
)
SELECT image_id, flagged FROM drawn ORDER BY hash(image_id, $seed::BIGINT + 1), image_id

-- name: review_alike
-- out: image_id, similarity of one image and its neighbours by graph $graph_run from a cosine of $min_cosine on,
-- nearest first; only those labelled as it is now where $same_label. The image itself comes first
WITH near AS (
    SELECT $image_id::BIGINT AS image_id, 2.0::FLOAT AS similarity
    UNION ALL
    SELECT unnest(neighbours), unnest(similarities) FROM neighbour_list WHERE run_id = $graph_run AND image_id = $image_id
)
SELECT near.image_id, least(near.similarity, 1) AS similarity
FROM near JOIN current_image AS image ON image.id = near.image_id
WHERE image.dataset_id = $dataset_id AND NOT image.missing AND near.similarity >= $min_cosine AND (
    NOT $same_label OR near.image_id = $image_id
    OR image.given_label IS NOT DISTINCT FROM (SELECT label FROM image WHERE id = $image_id)
)
ORDER BY near.similarity DESC, near.image_id

-- name: review_decided
-- out: image_id of the images that somebody has kept, relabelled, removed or restored, where $blind_run is given
-- only in its blind sample
SELECT DISTINCT image_id FROM standing_decision
WHERE dataset_id = $dataset_id AND act IN ('keep', 'relabel', 'remove', 'restore')
    AND ($blind_run IS NULL OR (
        json_extract_string(evidence, '$.queue') = 'blind' AND json_extract_string(evidence, '$.run') = $blind_run::VARCHAR
    ))
ORDER BY image_id

-- name: review_items
-- out: image_id, sha256, path, label_now, labels_now, removed, act, act_label, who (the newest act that stands) and
-- the columns of label_opinion by run $run_id of $image_ids, in their order
WITH chosen AS (
    SELECT unnest($image_ids::BIGINT[]) AS image_id, generate_subscripts($image_ids::BIGINT[], 1) AS n
),
act AS (
    SELECT image_id, arg_max(act, id) AS act, arg_max(coalesce(label_after, -1), id) AS act_label, arg_max(who, id) AS who
    FROM standing_decision
    WHERE dataset_id = $dataset_id AND act IN ('keep', 'relabel', 'remove', 'restore') AND list_contains($image_ids, image_id)
    GROUP BY image_id
)
SELECT chosen.image_id, image.sha256, image.path, image.label AS label_now, image.labels AS labels_now, image.removed,
    act.act, nullif(act.act_label, -1) AS act_label, act.who, opinion.* EXCLUDE (run_id, image_id)
FROM chosen
JOIN current_image AS image ON image.id = chosen.image_id
LEFT JOIN act ON act.image_id = chosen.image_id
LEFT JOIN (
    SELECT * FROM label_opinion WHERE run_id = $run_id AND list_contains($image_ids, image_id)
) AS opinion ON opinion.image_id = chosen.image_id
WHERE image.dataset_id = $dataset_id
ORDER BY chosen.n

-- name: review_verdicts
-- out: image_id, wrong: the newest act that stands says that the label run $run_id judged is wrong (another label,
-- or out); kept is right. A copy removed as a duplicate says nothing of its label; what was judged in a blind sample
-- is counted apart.
WITH standing AS (
    SELECT image_id, id, act, label_after FROM standing_decision
    WHERE dataset_id = $dataset_id AND act IN ('keep', 'relabel', 'remove')
        AND coalesce(json_extract_string(evidence, '$.queue'), '') <> 'blind'
        AND NOT (act = 'remove' AND coalesce(json_exists(evidence, '$.group_size'), false))
),
last AS (
    SELECT image_id, arg_max(act, id) AS act, arg_max(coalesce(label_after, -1), id) AS label_after FROM standing GROUP BY image_id
)
SELECT last.image_id, last.act = 'remove' OR (last.act = 'relabel' AND last.label_after <> coalesce(opinion.label, -1)) AS wrong
FROM last JOIN label_opinion AS opinion ON opinion.image_id = last.image_id
WHERE opinion.run_id = $run_id

-- name: review_blind_verdicts
-- out: image_id, flagged, wrong of the images judged in the blind sample of run $run_id, by the newest act made
-- there that stands
WITH last AS (
    SELECT image_id, arg_max(act, id) AS act FROM standing_decision
    WHERE dataset_id = $dataset_id AND act IN ('keep', 'relabel', 'remove')
        AND json_extract_string(evidence, '$.queue') = 'blind' AND json_extract_string(evidence, '$.run') = $run_id::VARCHAR
    GROUP BY image_id
)
SELECT image_id, image_id IN (SELECT image_id FROM label_issue WHERE run_id = $run_id) AS flagged, act <> 'keep' AS wrong
FROM last
ORDER BY image_id

-- name: review_totals
-- out: n_plain, n_flagged, n_flagged_open: kept images with a label that run $run_id doubts in no way; does; does,
-- and nobody has judged
WITH decided AS (
    SELECT DISTINCT image_id FROM standing_decision
    WHERE dataset_id = $dataset_id AND act IN ('keep', 'relabel', 'remove', 'restore')
),
kept AS (
    SELECT opinion.image_id, opinion.image_id IN (SELECT image_id FROM label_issue WHERE run_id = $run_id) AS flagged
    FROM label_opinion AS opinion JOIN kept_image AS image ON image.id = opinion.image_id
    WHERE opinion.run_id = $run_id AND opinion.label IS NOT NULL
)
SELECT count(*) FILTER (NOT flagged) AS n_plain, count(*) FILTER (flagged) AS n_flagged,
    count(*) FILTER (flagged AND image_id NOT IN (SELECT image_id FROM decided)) AS n_flagged_open
FROM kept

-- name: review_voices
-- out: image_id, labelled, kept, neighbour_label, copy_label, zero_shot_label, detected_label of the images run
-- $run_id has an opinion on, by image
SELECT opinion.image_id, image.label IS NOT NULL AS labelled, NOT image.missing AND NOT image.removed AS kept,
    CASE WHEN opinion.n_neighbours > 0 THEN opinion.neighbour_label END AS neighbour_label,
    CASE WHEN opinion.n_copies > 0 THEN opinion.copy_label END AS copy_label, opinion.zero_shot_label,
    CASE WHEN opinion.detections IS NOT NULL THEN opinion.detected_label END AS detected_label
FROM label_opinion AS opinion JOIN current_image AS image ON image.id = opinion.image_id
WHERE opinion.run_id = $run_id AND image.dataset_id = $dataset_id
ORDER BY opinion.image_id

-- name: review_confusions
-- out: label, suggested, n of the labels that run $run_id doubts, decided or not
SELECT opinion.label, opinion.suggested, count(*) AS n
FROM label_issue AS issue JOIN label_opinion AS opinion ON opinion.run_id = issue.run_id AND opinion.image_id = issue.image_id
WHERE issue.run_id = $run_id AND issue.kind = 'label' AND opinion.suggested IS NOT NULL
GROUP BY opinion.label, opinion.suggested
ORDER BY opinion.label, opinion.suggested

-- name: review_trusted
-- out: image_id of the labelled images that run $run_id doubts in no way and nobody has relabelled, by image
SELECT opinion.image_id FROM label_opinion AS opinion JOIN current_image AS image ON image.id = opinion.image_id
WHERE opinion.run_id = $run_id AND opinion.label IS NOT NULL AND image.dataset_id = $dataset_id AND NOT image.relabelled
    AND opinion.image_id NOT IN (SELECT image_id FROM label_issue WHERE run_id = $run_id)
ORDER BY opinion.image_id
