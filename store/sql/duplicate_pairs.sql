-- out: first_image, second_image, cosine, bits, same_file, same_pixels of kept images: the pairs of run $run_id (0: none), and every
-- image whose bytes or pixels occurred before, with the first image that has them
WITH kept AS (
    SELECT id, sha256, pixel_sha256 FROM current_image
    WHERE dataset_id = $dataset_id AND NOT missing AND NOT removed
),
exact AS (
    SELECT min(id) OVER (PARTITION BY sha256) AS first_image, id AS second_image FROM kept
    UNION
    SELECT min(id) OVER (PARTITION BY pixel_sha256), id FROM kept WHERE pixel_sha256 IS NOT NULL
),
pairs AS (
    SELECT first_image, second_image, max(cosine) AS cosine, min(bits) AS bits FROM (
        SELECT first_image, second_image, NULL::FLOAT AS cosine, NULL::SMALLINT AS bits FROM exact
        WHERE first_image <> second_image
        UNION ALL
        SELECT first_image, second_image, cosine, bits FROM duplicate_pair WHERE run_id = $run_id
    ) GROUP BY first_image, second_image
)
SELECT pairs.first_image, pairs.second_image, pairs.cosine, pairs.bits, one.sha256 = other.sha256 AS same_file,
    coalesce(one.pixel_sha256 = other.pixel_sha256, false) AS same_pixels
FROM pairs JOIN kept AS one ON one.id = pairs.first_image JOIN kept AS other ON other.id = pairs.second_image
ORDER BY pairs.first_image, pairs.second_image
