-- out: (nothing) adds the cells of incoming (part, condition, selection, noise, size, n_pool, seed, balanced_accuracy, recalls, image_id)
INSERT INTO budget_cell
SELECT $run_id, part, condition, selection, noise, size, n_pool, seed, balanced_accuracy, recalls
FROM incoming WHERE part IS NOT NULL
