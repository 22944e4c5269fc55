-- name: images_to_compare
-- out: image_id, sha256, pixel_sha256, phash, is_blank of the kept images, by image; is_blank: its hash says nothing, for
-- it has one brightness everywhere
SELECT id AS image_id, sha256, pixel_sha256, phash, bit_count(phash) <= 1 AS is_blank
FROM kept_image
WHERE dataset_id = $dataset_id
ORDER BY id

-- name: delete_duplicates_of_run
-- out: nothing; the pairs of a run, which a resumed job publishes again
DELETE FROM duplicate_pair WHERE run_id = $run_id

-- name: delete_duplicate_groups_of_run
-- out: nothing; the groups of a run, which a resumed job publishes again
DELETE FROM duplicate_group WHERE run_id = $run_id

-- name: insert_duplicate_pairs
-- out: nothing; the rows of incoming without a group_number: first_image, second_image, cosine, bits
INSERT INTO duplicate_pair (run_id, first_image, second_image, cosine, bits)
SELECT $run_id, first_image, second_image, cosine, bits FROM incoming WHERE group_number IS NULL

-- name: insert_duplicate_groups
-- out: nothing; the rows of incoming with a group_number: first_image is its member
INSERT INTO duplicate_group (run_id, group_number, image_id, reasons, least_cosine)
SELECT $run_id, group_number, first_image, reasons, cosine FROM incoming WHERE group_number IS NOT NULL

-- name: duplicates_landed
-- out: whether run $run_id has left pairs or groups
SELECT EXISTS (SELECT 1 FROM duplicate_pair WHERE run_id = $run_id)
    OR EXISTS (SELECT 1 FROM duplicate_group WHERE run_id = $run_id)

-- name: delete_older_duplicate_groups
-- out: nothing; the groups of older runs of the dataset
DELETE FROM duplicate_group WHERE run_id IN (
    SELECT id FROM run WHERE kind = 'duplicates' AND dataset_id = $dataset_id AND id < $run_id
)

-- name: delete_older_duplicate_pairs
-- out: nothing; the pairs of older runs of the dataset
DELETE FROM duplicate_pair WHERE run_id IN (
    SELECT id FROM run WHERE kind = 'duplicates' AND dataset_id = $dataset_id AND id < $run_id
)

-- name: duplicate_pairs
-- out: first_image, second_image, cosine, bits, same_file, same_pixels of kept images: the pairs of run $run_id (0:
-- none), and every image whose bytes or pixels occurred before, with the first image that has them. The pixels of a
-- blank picture say nothing: those count that are the same file
WITH kept AS (
    SELECT id, sha256, CASE WHEN bit_count(phash) > 1 THEN pixel_sha256 END AS pixel_sha256
    FROM kept_image
    WHERE dataset_id = $dataset_id
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

-- name: duplicate_facts
-- out: image_id, sha256, path, label, labels, split, width, height, bytes, mtime_ns of $image_ids, in their order
SELECT id AS image_id, sha256, path, label, labels, split, width, height, bytes, mtime_ns
FROM current_image JOIN (SELECT unnest($image_ids::BIGINT[]) AS chosen_id, generate_subscripts($image_ids::BIGINT[], 1) AS n) AS chosen
    ON chosen.chosen_id = current_image.id
WHERE dataset_id = $dataset_id
ORDER BY chosen.n

-- name: overview_near_duplicates
-- out: n_groups, n_images, n_groups_across, n_images_across, n_groups_conflicting, n_images_conflicting of kept
-- images in the groups of the newest comparison that are not all the same file
WITH newest AS (
    SELECT max(id) AS run_id FROM run WHERE dataset_id = $dataset_id AND kind = 'duplicates' AND complete
),
members AS (
    SELECT duplicate_group.group_number, image.sha256, image.split,
        CASE WHEN len(image.labels) > 0 THEN list_sort(list_distinct(image.labels))
            WHEN image.label IS NOT NULL THEN [image.label] END AS given
    FROM duplicate_group JOIN newest ON duplicate_group.run_id = newest.run_id
    JOIN kept_image AS image ON image.id = duplicate_group.image_id
),
groups AS (
    SELECT count(*) AS n, min(split) <> max(split) AS across, min(given) <> max(given) AS conflicting
    FROM members GROUP BY group_number HAVING count(DISTINCT sha256) > 1
)
SELECT count(*) AS n_groups, coalesce(sum(n), 0)::BIGINT AS n_images,
    count(*) FILTER (across) AS n_groups_across, coalesce(sum(n) FILTER (across), 0)::BIGINT AS n_images_across,
    count(*) FILTER (conflicting) AS n_groups_conflicting, coalesce(sum(n) FILTER (conflicting), 0)::BIGINT AS n_images_conflicting
FROM groups
