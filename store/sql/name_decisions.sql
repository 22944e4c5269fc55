-- out: batch, class_index, name_before, name_after, reason, evidence, who, decided_at, undoes, is_undone of the corrections of names, newest first
SELECT batch, class_index, name_before, name_after, reason, evidence, who, decided_at, undoes,
    batch IN (SELECT undoes FROM name_decision WHERE dataset_id = $dataset_id AND undoes IS NOT NULL) AS is_undone
FROM name_decision WHERE dataset_id = $dataset_id
ORDER BY id DESC
