-- out: image_id of the images that carry a class now or in the source (null: no label), the least believed by run $run_id first
WITH held AS (
    SELECT image.id, opinion.self_confidence
    FROM current_image AS image
    LEFT JOIN (SELECT image_id, self_confidence FROM label_opinion WHERE run_id = $run_id) AS opinion ON opinion.image_id = image.id
    WHERE image.dataset_id = $dataset_id AND NOT image.missing AND CASE
        WHEN $class_index IS NULL THEN image.given_label IS NULL AND coalesce(len(image.given_labels), 0) = 0
        ELSE image.label = $class_index OR image.given_label = $class_index OR list_contains(image.labels, $class_index)
            OR list_contains(image.given_labels, $class_index)
    END
)
SELECT id AS image_id FROM held ORDER BY self_confidence NULLS LAST, id
