-- out: image_id, flagged of a sample that only $seed draws: $n_plain images that run $run_id doubts in no way, $n_flagged that it does, mixed
WITH drawn AS (
    SELECT opinion.image_id, hash(opinion.image_id, $seed::BIGINT) AS place,
        opinion.image_id IN (SELECT image_id FROM label_issue WHERE run_id = $run_id) AS flagged
    FROM label_opinion AS opinion JOIN image ON image.id = opinion.image_id
    WHERE opinion.run_id = $run_id AND opinion.label IS NOT NULL AND image.dataset_id = $dataset_id AND NOT image.missing
    QUALIFY row_number() OVER (PARTITION BY flagged ORDER BY place, opinion.image_id)
        <= CASE WHEN flagged THEN $n_flagged ELSE $n_plain END
)
SELECT image_id, flagged FROM drawn ORDER BY hash(image_id, $seed::BIGINT + 1), image_id
