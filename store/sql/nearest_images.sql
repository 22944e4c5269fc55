-- out: image_id, similarity of the kept images nearest to $vector, nearest first; zero vectors have no direction and are left out
SELECT vectors.image_id, array_cosine_similarity(vectors.vector, $vector::FLOAT[{dim}]) AS similarity
FROM {vector_table} AS vectors JOIN current_image AS image ON image.id = vectors.image_id
WHERE NOT image.removed AND NOT image.missing AND NOT isnan(similarity)
ORDER BY similarity DESC, vectors.image_id
LIMIT $n_rows
