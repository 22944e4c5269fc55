-- out: nothing; adds how typical the pictures in incoming (part, image_id, cluster: the class, cosine) are
INSERT INTO typicality SELECT $run_id, image_id, cluster, cosine FROM incoming WHERE part = 'typical'
