-- name: budget_images
-- out: image_id, split, pixel_sha256, given (class index as imported), now (after decisions), removed, doubted,
-- suggested, outlier, believed, copy_group of the images with a vector in this space; the label check is run
-- $label_run
SELECT vectors.image_id, image.split, image.pixel_sha256, image.label AS given, current_label.label AS now,
    current_label.removed,
    vectors.image_id IN (SELECT image_id FROM label_issue WHERE run_id = $label_run AND kind <> 'outlier') AS doubted,
    opinion.suggested,
    vectors.image_id IN (SELECT image_id FROM label_issue WHERE run_id = $label_run AND kind = 'outlier') AS outlier,
    coalesce(opinion.n_heard > 0 AND opinion.n_against = 0, false)
        AND vectors.image_id NOT IN (SELECT image_id FROM label_issue WHERE run_id = $label_run) AS believed,
    opinion.copy_group
FROM {vector_table} AS vectors
JOIN image ON image.id = vectors.image_id
JOIN current_label ON current_label.image_id = image.id
LEFT JOIN label_opinion AS opinion ON opinion.image_id = vectors.image_id AND opinion.run_id = $label_run
WHERE image.dataset_id = $dataset_id AND NOT image.missing
ORDER BY vectors.image_id

-- name: version_labels
-- out: version_id, image_id, label of the images of versions $version_ids that have one label there
SELECT version_id, image_id, label FROM version_item
WHERE list_contains($version_ids, version_id) AND label IS NOT NULL

-- name: budget_is_there
-- out: whether run $run_id has cells
SELECT count(*) > 0 FROM budget_cell WHERE run_id = $run_id

-- name: insert_budget_cells
-- out: (nothing) adds the cells of incoming (part, condition, selection, noise, size, n_pool, seed,
-- balanced_accuracy, recalls, image_id)
INSERT INTO budget_cell (run_id, part, condition, selection, noise, size, n_pool, seed, balanced_accuracy, recalls)
SELECT $run_id, part, condition, selection, noise, size, n_pool, seed, balanced_accuracy, recalls
FROM incoming WHERE part IS NOT NULL

-- name: insert_budget_evaluation
-- out: (nothing) adds the evaluation set in incoming (part, image_id): the rows without a part
INSERT INTO budget_evaluation (run_id, image_id) SELECT $run_id, image_id FROM incoming WHERE part IS NULL

-- name: budget_cells
-- out: part, condition, selection, noise, size, n_pool, seed, balanced_accuracy, recalls of a run
SELECT part, condition, selection, noise, size, n_pool, seed, balanced_accuracy, recalls
FROM budget_cell WHERE run_id = $run_id ORDER BY part, condition, selection, noise, size, seed

-- name: budget_evaluation
-- out: image_id, sha256, path, label, labels (today's), split of a run's evaluation set, by class
SELECT image.id AS image_id, image.sha256, image.path, image.label, image.labels, image.split
FROM budget_evaluation JOIN current_image AS image ON image.id = budget_evaluation.image_id
WHERE budget_evaluation.run_id = $run_id ORDER BY image.label, image.id
