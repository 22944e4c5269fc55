-- out: dataset_id, id, blurs_people, least_score, who, decided_at: the switch of each dataset that ever had it turned
SELECT dataset_id, max(id) AS id, arg_max(blurs_people, id) AS blurs_people, arg_max(least_score, id) AS least_score,
    arg_max(who, id) AS who, max(decided_at) AS decided_at
FROM privacy GROUP BY dataset_id ORDER BY dataset_id
