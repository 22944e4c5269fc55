-- out: low, high of the outlier distances that run $run_id measured
SELECT min(outlier_distance) AS low, max(outlier_distance) AS high FROM label_opinion WHERE run_id = $run_id
