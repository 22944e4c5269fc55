-- out: first_image, second_image, similarity of the most similar pairs of a graph among kept images, most similar first; each image's
-- ten nearest are asked. $other_label, $other_split, $other_file: only pairs that differ in it
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
FROM pairs JOIN current_image AS one ON one.id = pairs.first_image JOIN current_image AS other ON other.id = pairs.second_image
WHERE NOT one.removed AND NOT one.missing AND NOT other.removed AND NOT other.missing
    AND (NOT $other_label OR one.label <> other.label OR one.labels <> other.labels)
    AND (NOT $other_split OR one.split <> other.split)
    AND (NOT $other_file OR one.sha256 <> other.sha256)
ORDER BY pairs.similarity DESC, pairs.first_image, pairs.second_image
LIMIT $n_rows
