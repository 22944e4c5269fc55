-- out: label, n, n_out of the kept images that run $run_id measured: all of the label, and those further out than $threshold
SELECT image.label, count(*) AS n, count(*) FILTER (opinion.outlier_distance > $threshold) AS n_out
FROM label_opinion AS opinion JOIN current_image AS image ON image.id = opinion.image_id
WHERE opinion.run_id = $run_id AND image.dataset_id = $dataset_id AND NOT image.missing AND NOT image.removed
GROUP BY image.label
ORDER BY image.label
