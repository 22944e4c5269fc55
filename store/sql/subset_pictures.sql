-- out: chooser, place, image_id, sha256, path, label, labels of the pictures that each way of run $run_id chose; at most $n_rows a way
WITH pick AS (
    SELECT chooser, unnest(pictures[:$n_rows]) AS image_id, generate_subscripts(pictures[:$n_rows], 1) AS place
    FROM subset_choice WHERE run_id = $run_id
)
SELECT pick.chooser, pick.place, image.id AS image_id, image.sha256, image.path, image.label, image.labels
FROM pick JOIN current_image AS image ON image.id = pick.image_id
ORDER BY pick.chooser, pick.place
