-- out: (nothing) adds the evaluation set in incoming (part, image_id): the rows without a part
INSERT INTO budget_evaluation SELECT $run_id, image_id FROM incoming WHERE part IS NULL
