-- out: label, n, n_seen, centre_share, border_share, box_share, box_area, n_boxed: means over the maps of each label's own class in a run
SELECT label, count(*) AS n, count(centre_share) AS n_seen, avg(centre_share) AS centre_share, avg(border_share) AS border_share,
    avg(box_share) AS box_share, avg(box_area) FILTER (WHERE box_share IS NOT NULL) AS box_area, count(box_share) AS n_boxed
FROM saliency_map
WHERE run_id = $run_id AND role = 'label'
GROUP BY label ORDER BY label
