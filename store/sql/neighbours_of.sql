-- out: image_id, similarity, rank (from 1) of one image's neighbours that are still kept, nearest first
SELECT near.image_id, near.similarity, near.rank
FROM (
    SELECT unnest(neighbours) AS image_id, unnest(similarities) AS similarity,
        generate_subscripts(neighbours, 1) AS rank
    FROM neighbour_list WHERE run_id = $run_id AND image_id = $image_id
) AS near
JOIN current_image AS image ON image.id = near.image_id
WHERE NOT image.removed AND NOT image.missing
ORDER BY near.rank
LIMIT $n_rows
