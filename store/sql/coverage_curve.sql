-- out: k, share of the images of run $run_id with a medoid at a cosine of $percent / 100 or more, by k
SELECT k, covered[$percent::INTEGER + 1] AS share FROM elbow_point WHERE run_id = $run_id ORDER BY k
