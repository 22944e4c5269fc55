-- out: nothing; adds a name of a cluster, the newest of which counts
INSERT INTO cluster_name VALUES ($run_id, $cluster, $name, $who, $named_at)
