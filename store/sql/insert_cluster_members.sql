-- out: nothing; adds the members in incoming (part, image_id, cluster, distance, cosine, reason)
INSERT INTO cluster_member
SELECT $run_id, image_id, cluster, distance, cosine FROM incoming WHERE part = 'member' AND reason IS NULL
