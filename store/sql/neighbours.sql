-- name: images_with_vector
-- out: image_id of the kept images with a vector in this space, by image
SELECT vectors.image_id FROM {vector_table} AS vectors
JOIN kept_image AS image ON image.id = vectors.image_id
WHERE image.dataset_id = $dataset_id
ORDER BY vectors.image_id

-- name: images_not_compared
-- out: image_id of the kept images with a vector in this space that run $run_id has neither compared nor left out
SELECT vectors.image_id FROM {vector_table} AS vectors
JOIN kept_image AS image ON image.id = vectors.image_id
WHERE image.dataset_id = $dataset_id
    AND vectors.image_id NOT IN (SELECT image_id FROM neighbour_list WHERE run_id = $run_id)
    AND vectors.image_id NOT IN (SELECT image_id FROM run_failure WHERE run_id = $run_id)

-- name: delete_neighbour_lists
-- out: nothing; the rows of a run for the images in incoming, which a resumed job publishes again
DELETE FROM neighbour_list WHERE run_id = $run_id AND image_id IN (SELECT image_id FROM incoming)

-- name: insert_neighbour_lists
-- out: nothing; adds the rows of incoming (image_id, neighbours, similarities, reason) without a reason
INSERT INTO neighbour_list (run_id, image_id, neighbours, similarities)
SELECT $run_id, image_id, neighbours, similarities FROM incoming WHERE reason IS NULL ORDER BY image_id

-- name: delete_older_neighbour_lists
-- out: nothing; the lists of older graphs of the space that run $run_id searched
DELETE FROM neighbour_list WHERE run_id IN (
    SELECT older.id FROM run AS older JOIN run AS mine ON mine.id = $run_id
    WHERE older.kind = 'neighbours' AND older.dataset_id = mine.dataset_id AND older.model = mine.model
        AND older.id < mine.id
)

-- name: graph_sizes
-- out: run_id, n_images, k of the dataset's complete graphs
SELECT run_id, count(*) AS n_images, coalesce(max(len(neighbours)), 0) AS k FROM neighbour_list
WHERE run_id IN (SELECT id FROM run WHERE dataset_id = $dataset_id AND kind = 'neighbours' AND complete)
GROUP BY run_id

-- name: read_neighbour_lists
-- out: image_id, neighbours, similarities of a graph, by image
SELECT image_id, neighbours, similarities FROM neighbour_list WHERE run_id = $run_id ORDER BY image_id

-- name: neighbours_of
-- out: image_id, similarity, rank (from 1) of one image's neighbours that are still kept, nearest first
SELECT near.image_id, near.similarity, near.rank
FROM (
    SELECT unnest(neighbours) AS image_id, unnest(similarities) AS similarity,
        generate_subscripts(neighbours, 1) AS rank
    FROM neighbour_list WHERE run_id = $run_id AND image_id = $image_id
) AS near
JOIN kept_image AS image ON image.id = near.image_id
ORDER BY near.rank
LIMIT $n_rows

-- name: ranked_pairs
-- out: first_image, second_image, similarity of the most similar pairs of a graph among kept images, most similar
-- first; each image's ten nearest are asked. $other_label, $other_split, $other_file: only pairs that differ in it
WITH near AS (
    SELECT image_id, unnest(neighbours[1:10]) AS other_id, unnest(similarities[1:10]) AS similarity
    FROM neighbour_list WHERE run_id = $run_id
),
pairs AS (
    SELECT least(image_id, other_id) AS first_image, greatest(image_id, other_id) AS second_image,
        max(similarity) AS similarity
    FROM near GROUP BY ALL
)
SELECT pairs.first_image, pairs.second_image, pairs.similarity
FROM pairs JOIN kept_image AS one ON one.id = pairs.first_image JOIN kept_image AS other ON other.id = pairs.second_image
WHERE (NOT $other_label OR one.label <> other.label OR one.labels <> other.labels)
    AND (NOT $other_split OR one.split <> other.split)
    AND (NOT $other_file OR one.sha256 <> other.sha256)
ORDER BY pairs.similarity DESC, pairs.first_image, pairs.second_image
LIMIT $n_rows

-- name: neighbour_facts
-- out: image_id, sha256, path, label, labels, split, removed, missing of $image_ids, in their order
SELECT image.id AS image_id, image.sha256, image.path, image.label, image.labels, image.split, image.removed, image.missing
FROM current_image AS image
JOIN (SELECT unnest($image_ids::BIGINT[]) AS chosen_id, generate_subscripts($image_ids::BIGINT[], 1) AS n) AS chosen
    ON chosen.chosen_id = image.id
WHERE image.dataset_id = $dataset_id
ORDER BY chosen.n

-- name: find_images
-- out: image_id, path of kept images whose path contains $name, by path
SELECT id AS image_id, path FROM kept_image
WHERE dataset_id = $dataset_id AND contains(lower(path), lower($name))
ORDER BY path LIMIT $n_rows

-- name: random_image
-- out: image_id of a kept image, drawn by $seed
SELECT id AS image_id FROM kept_image WHERE dataset_id = $dataset_id
ORDER BY hash(id * 1000003 + $seed) LIMIT 1

-- name: image_beside
-- out: image_id of the kept image after $image_id (or before it, where $before), going round
SELECT id AS image_id FROM kept_image WHERE dataset_id = $dataset_id
ORDER BY CASE WHEN $before THEN id >= $image_id ELSE id <= $image_id END, CASE WHEN $before THEN -id ELSE id END
LIMIT 1
