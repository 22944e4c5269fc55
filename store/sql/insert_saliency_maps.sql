-- out: nothing
INSERT INTO saliency_map
SELECT $run_id, image_id, place, role, class_index, label, probability, map, peak, stride, centre_share, border_share,
    box_share, box_area
FROM incoming WHERE map IS NOT NULL
