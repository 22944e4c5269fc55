-- out: nothing
INSERT INTO label_issue (run_id, image_id, kind, score, suggested)
SELECT $run_id, image_id, 'label', severity, suggested FROM incoming WHERE label_issue
UNION ALL
SELECT $run_id, image_id, 'outlier', outlier_score, NULL FROM incoming WHERE outlier
UNION ALL
SELECT $run_id, image_id, 'duplicate', n_other_label / n_copies, copy_label FROM incoming WHERE duplicate_issue
