-- out: nothing
INSERT INTO label_opinion BY NAME
SELECT $run_id AS run_id, image_id, label, suggested, self_confidence, margin, chance, severity, n_against, n_heard, classifier,
    neighbours, copies, zero_shot, detections, n_neighbours, neighbour_label, neighbour_share, own_share, copy_group, n_copies, n_other_label,
    copy_label, zero_shot_label, zero_shot_share, detected_label, neighbour_distance, class_distance, any_class_distance, no_name,
    outlier_distance, outlier_tail
FROM incoming WHERE reason IS NULL
