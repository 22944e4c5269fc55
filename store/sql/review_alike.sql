-- out: image_id, similarity of one image and its neighbours by graph $graph_run from a cosine of $least_cosine on, nearest first; only those
-- labelled as it is now where $same_label. The image itself comes first
WITH near AS (
    SELECT $image_id::BIGINT AS image_id, 2.0::FLOAT AS similarity
    UNION ALL
    SELECT unnest(neighbours), unnest(similarities) FROM neighbour_list WHERE run_id = $graph_run AND image_id = $image_id
)
SELECT near.image_id, least(near.similarity, 1) AS similarity
FROM near JOIN current_image AS image ON image.id = near.image_id
WHERE image.dataset_id = $dataset_id AND NOT image.missing AND near.similarity >= $least_cosine AND (
    NOT $same_label OR near.image_id = $image_id
    OR image.given_label IS NOT DISTINCT FROM (SELECT label FROM image WHERE id = $image_id)
)
ORDER BY near.similarity DESC, near.image_id
