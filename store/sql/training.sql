-- name: images_to_train
-- out: image_id, path, sha256, label, labels, split, pixel_sha256, phash, in_set, own of the pictures of a training
-- run that has no items yet. own: labels and pictures as in version $version_id, or (0) as imported, or as now
-- without the removed ones. in_set: the pictures that the run is scored on, own or not, always with the labels of
-- evaluation set $set_id, of the splits $evaluation_splits of version $evaluation_version, or today's of those that
-- data budget $budget_run was judged on
WITH chosen AS (
    SELECT image_id, label, labels FROM evaluation_item WHERE set_id = $set_id
    UNION ALL
    SELECT item.image_id, item.label, item.labels FROM version_item AS item JOIN image ON image.id = item.image_id
    WHERE item.version_id = $evaluation_version AND list_contains($evaluation_splits, lower(trim(item.split)))
        AND item.sha256 = image.sha256
    UNION ALL
    SELECT image.id, image.label, image.labels
    FROM budget_evaluation JOIN current_image AS image ON image.id = budget_evaluation.image_id
    WHERE budget_evaluation.run_id = $budget_run
),
own AS (
    SELECT item.image_id, item.label, item.labels, item.split FROM version_item AS item
    JOIN image ON image.id = item.image_id AND image.sha256 = item.sha256
    WHERE item.version_id = $version_id
    UNION ALL
    SELECT id, CASE WHEN $imported THEN given_label ELSE label END, CASE WHEN $imported THEN given_labels ELSE labels END, split
    FROM current_image
    WHERE $version_id = 0 AND dataset_id = $dataset_id AND ($imported OR NOT removed)
),
used AS (SELECT * FROM own WHERE label IS NOT NULL OR labels IS NOT NULL)
SELECT image.id AS image_id, image.path, image.sha256,
    CASE WHEN chosen.image_id IS NULL OR chosen.label IS NULL AND chosen.labels IS NULL THEN used.label ELSE chosen.label END AS label,
    CASE WHEN chosen.image_id IS NULL OR chosen.label IS NULL AND chosen.labels IS NULL THEN used.labels ELSE chosen.labels END AS labels,
    CASE WHEN $version_id = 0 THEN image.split ELSE used.split END AS split, image.pixel_sha256, image.phash,
    chosen.image_id IS NOT NULL AS in_set, used.image_id IS NOT NULL AS own
FROM image
LEFT JOIN chosen ON chosen.image_id = image.id
LEFT JOIN used ON used.image_id = image.id
WHERE image.dataset_id = $dataset_id AND NOT image.missing AND (chosen.image_id IS NOT NULL OR used.image_id IS NOT NULL)
    AND image.id NOT IN (SELECT image_id FROM taken_down_image)
    AND NOT EXISTS (SELECT 1 FROM run_item WHERE run_id = $run_id)
ORDER BY image.id

-- name: training_is_there
-- out: is_there: whether the training run has landed
SELECT EXISTS (SELECT 1 FROM run_item WHERE run_id = $run_id) AS is_there

-- name: images_to_treat
-- out: image_id, doubted, suggested, outlier, copy_group of the dataset's images, by the label check $label_run
SELECT image.id AS image_id,
    image.id IN (SELECT image_id FROM label_issue WHERE run_id = $label_run AND kind <> 'outlier') AS doubted,
    opinion.suggested,
    image.id IN (SELECT image_id FROM label_issue WHERE run_id = $label_run AND kind = 'outlier') AS outlier,
    opinion.copy_group
FROM image LEFT JOIN label_opinion AS opinion ON opinion.image_id = image.id AND opinion.run_id = $label_run
WHERE image.dataset_id = $dataset_id AND NOT image.missing
ORDER BY image.id

-- name: find_evaluation_set
-- out: id, name, rule, n of the evaluation set called $name
SELECT id, name, rule, (SELECT count(*) FROM evaluation_item WHERE set_id = id) AS n FROM evaluation_set
WHERE dataset_id = $dataset_id AND name = $name

-- name: list_evaluation_sets
-- out: id, name, rule, n, run_id, created_at of the dataset's evaluation sets, newest first
SELECT id, name, rule, (SELECT count(*) FROM evaluation_item WHERE set_id = id) AS n, run_id, created_at FROM evaluation_set
WHERE dataset_id = $dataset_id ORDER BY id DESC

-- name: insert_run_items
-- out: nothing
INSERT INTO run_item (run_id, image_id, part, label, labels)
SELECT $run_id, image_id, part, label, labels FROM incoming WHERE part IS NOT NULL

-- name: insert_evaluation_set
-- out: id
INSERT INTO evaluation_set (id, dataset_id, name, rule, run_id, created_at)
SELECT nextval('evaluation_set_ids'), $dataset_id, $name, $rule, $run_id, $created_at
RETURNING id

-- name: insert_evaluation_items
-- out: nothing; the pictures of the part test become the items of set $set_id
INSERT INTO evaluation_item (set_id, image_id, label, labels)
SELECT $set_id, image_id, label, labels FROM incoming WHERE part = 'test'

-- name: delete_training_epochs
-- out: nothing
DELETE FROM training_epoch WHERE run_id = $run_id

-- name: insert_training_epochs
-- out: nothing
INSERT INTO training_epoch (run_id, epoch, train_loss, validation_loss, balanced_accuracy, recalls, learning_rate, seconds,
    images_per_second, waiting_share, mean_average_precision)
SELECT $run_id, epoch, train_loss, validation_loss, balanced_accuracy, recalls, learning_rate, seconds, images_per_second,
    waiting_share, mean_average_precision FROM incoming

-- name: training_epochs
-- out: epoch, train_loss, validation_loss, balanced_accuracy, recalls, learning_rate, seconds, images_per_second,
-- waiting_share, mean_average_precision of a run
SELECT epoch, train_loss, validation_loss, balanced_accuracy, recalls, learning_rate, seconds, images_per_second, waiting_share,
    mean_average_precision
FROM training_epoch WHERE run_id = $run_id ORDER BY epoch

-- name: trainable_counts
-- out: split, n, n_given: labelled pictures of each split as labels are now (removed ones left out), and as imported
SELECT split, count(*) FILTER ((label IS NOT NULL OR labels IS NOT NULL) AND NOT removed) AS n,
    count(*) FILTER (given_label IS NOT NULL OR given_labels IS NOT NULL) AS n_given
FROM current_image WHERE dataset_id = $dataset_id AND NOT missing GROUP BY split ORDER BY split NULLS LAST
