-- out: act, n, n_images of the acts that stand
SELECT act, count(*) AS n, count(DISTINCT image_id) AS n_images FROM decision
WHERE dataset_id = $dataset_id AND act <> 'undo'
    AND id NOT IN (SELECT undoes FROM decision WHERE undoes IS NOT NULL)
GROUP BY act
ORDER BY act
