-- out: nothing; adds the medoids in incoming (part, cluster, image_id)
INSERT INTO medoid SELECT $run_id, cluster, image_id FROM incoming WHERE part = 'medoid'
