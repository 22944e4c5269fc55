-- out: kind (added, removed, relabelled, changed, moved), n of what differs between two versions (0: as it stands now)
SELECT kind, count(*) AS n FROM version_pairs($dataset_id, $before, $after) WHERE kind IS NOT NULL GROUP BY kind
