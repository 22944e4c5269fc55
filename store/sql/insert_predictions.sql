-- out: nothing
INSERT INTO prediction (run_id, image_id, fold, probabilities)
SELECT $run_id, image_id, fold, probabilities FROM incoming WHERE probabilities IS NOT NULL
