-- name: name_decisions
-- out: batch, class_index, name_before, name_after, reason, evidence, who, decided_at, undoes, is_undone of the
-- corrections of names, newest first
SELECT batch, class_index, name_before, name_after, reason, evidence, who, decided_at, undoes,
    batch IN (SELECT undoes FROM name_decision WHERE dataset_id = $dataset_id AND undoes IS NOT NULL) AS is_undone
FROM name_decision WHERE dataset_id = $dataset_id
ORDER BY id DESC

-- name: correct_class_name
-- out: nothing
UPDATE class_name SET corrected_name = nullif($name_after, name) WHERE dataset_id = $dataset_id AND index = $class_index

-- name: insert_name_decision
-- out: nothing
INSERT INTO name_decision (id, dataset_id, class_index, name_before, name_after, reason, evidence, batch, undoes, who, decided_at)
VALUES (nextval('name_decision_ids'), $dataset_id, $class_index, $name_before, $name_after, $reason, $evidence, $batch, $undoes, $who, $decided_at)

-- name: images_of_classes
-- out: image_id, labels (null in a dataset with one label a picture) of the images that carry a class of $classes now, those
-- that are missing or removed as well
SELECT id AS image_id, labels FROM current_image
WHERE dataset_id = $dataset_id AND (list_contains($classes::INTEGER[], label) OR list_has_any(coalesce(labels, []), $classes::INTEGER[]))
ORDER BY id
