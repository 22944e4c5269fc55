-- out: class_index, image_id, sha256, path, mean_cosine, n (pictures of the class), place of the $n_rows most ($direction 1) or least (-1) typical kept ones
WITH ranked AS (
    SELECT typicality.class_index, typicality.image_id, typicality.mean_cosine,
        count(*) OVER (PARTITION BY typicality.class_index) AS n,
        row_number() OVER (
            PARTITION BY typicality.class_index ORDER BY typicality.mean_cosine * $direction DESC NULLS LAST, typicality.image_id
        ) AS place
    FROM typicality JOIN current_label ON current_label.image_id = typicality.image_id
    JOIN image ON image.id = typicality.image_id
    WHERE typicality.run_id = $run_id AND NOT current_label.removed AND NOT image.missing
        AND list_contains($classes::INTEGER[], typicality.class_index)
)
SELECT ranked.class_index, image.id AS image_id, image.sha256, image.path, ranked.mean_cosine, ranked.n, ranked.place
FROM ranked JOIN image ON image.id = ranked.image_id
WHERE ranked.place <= $n_rows
ORDER BY ranked.class_index, ranked.place
