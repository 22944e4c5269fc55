-- out: image_id, path of kept images whose path contains $name, by path
SELECT id AS image_id, path FROM current_image
WHERE dataset_id = $dataset_id AND NOT missing AND NOT removed AND contains(lower(path), lower($name))
ORDER BY path LIMIT $n_rows
