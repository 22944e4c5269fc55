-- name: due_class_repairs
-- out: dataset_id of the datasets whose classes have not been looked into since imports kept their numbers
SELECT dataset_id FROM class_repair WHERE state = 'due' ORDER BY dataset_id

-- name: class_repairs
-- out: dataset_id, dataset (its name), state, sentence, done_at of what was mended or stayed unclear
SELECT repair.dataset_id, dataset.name AS dataset, repair.state, repair.sentence, repair.done_at
FROM class_repair AS repair JOIN dataset ON dataset.id = repair.dataset_id
WHERE repair.state IN ('mended', 'unclear')
ORDER BY dataset.name

-- name: finish_class_repair
-- out: nothing
UPDATE class_repair SET state = $state, sentence = $sentence, details = $details, done_at = $done_at
WHERE dataset_id = $dataset_id

-- name: class_eras
-- out: era (from 0), run_id, started_at of the dataset's imports; n_away of the files of before that were not there then,
-- as the import's figures have it (NULL without figures); n_away_today of the files known then
SELECT row_number() OVER (ORDER BY run.id) - 1 AS era, run.id AS run_id, run.started_at,
    try_cast(json_extract_string(run.figures, '$.n_missing') AS BIGINT) AS n_away,
    (SELECT count(*) FROM image WHERE dataset_id = $dataset_id AND missing AND image.run_id <= run.id) AS n_away_today
FROM run WHERE run.dataset_id = $dataset_id AND run.kind = 'import'
ORDER BY run.id

-- name: folders_as_classes
-- out: level, n, n_named: of the present images with one label, how many have its name as the folder of that level
WITH named AS (SELECT name, min(index) AS index FROM class_name WHERE dataset_id = $dataset_id GROUP BY name)
SELECT level, count(*) AS n, count(*) FILTER (split_part(image.path, '/', level) = named.name) AS n_named
FROM image JOIN named ON named.index = image.label, range(1, 7) AS levels (level)
WHERE image.dataset_id = $dataset_id AND NOT image.missing AND image.label IS NOT NULL
GROUP BY level
ORDER BY level

-- name: pictured_classes
-- out: image_id, name that the source gives each image with one label today, or (of a file that has gone, where folders
-- are classes: $level) gave; gone, run_id of the import that took it in
SELECT image.id AS image_id, named.name, false AS gone, image.run_id
FROM image JOIN class_name AS named ON named.dataset_id = image.dataset_id AND named.index = image.label
WHERE image.dataset_id = $dataset_id AND NOT image.missing
UNION ALL
SELECT id, split_part(path, '/', $level), true, run_id FROM image
WHERE dataset_id = $dataset_id AND missing AND $level > 0 AND label IS NOT NULL

-- name: written_at_eras
-- out: kind, id, era of what was written of a dataset. Acts are dated by their numbers too: what was merged in keeps the
-- time at which it was decided elsewhere; class_era: era, started_at
WITH written AS (
    SELECT 'decision' AS kind, id, decided_at AS moment FROM decision WHERE dataset_id = $dataset_id
    UNION ALL SELECT 'name', id, decided_at FROM name_decision WHERE dataset_id = $dataset_id
    UNION ALL SELECT 'version', id, created_at FROM version WHERE dataset_id = $dataset_id
    UNION ALL SELECT 'set', id, created_at FROM evaluation_set WHERE dataset_id = $dataset_id
    UNION ALL SELECT 'run', id, started_at FROM run WHERE dataset_id = $dataset_id
),
dated AS (
    SELECT written.kind, written.id, coalesce(max(class_era.era), 0) AS era
    FROM written LEFT JOIN class_era ON class_era.started_at <= written.moment
    GROUP BY written.kind, written.id
)
SELECT kind, id, CASE WHEN kind = 'decision' THEN max(era) OVER (PARTITION BY kind ORDER BY id) ELSE era END AS era FROM dated

-- name: classes_with_pictures
-- out: name, era, n of its pictures that came in that era, n_gone of these
SELECT name, era, count(*) AS n, count(*) FILTER (gone) AS n_gone
FROM pictured_class JOIN class_era ON class_era.run_id = pictured_class.run_id
GROUP BY name, era
ORDER BY name, era

-- name: class_votes
-- out: era, number, name, n: how often what was written in an era speaks for a number having meant a name
WITH first_relabel AS (
    SELECT image_id, min(id) AS id FROM decision WHERE dataset_id = $dataset_id AND act IN ('relabel', 'undo') GROUP BY image_id
),
written AS (
    SELECT wrote.era, decision.label_before AS number, decision.image_id
    FROM decision JOIN written_at AS wrote ON wrote.kind = 'decision' AND wrote.id = decision.id
    LEFT JOIN first_relabel ON first_relabel.image_id = decision.image_id
    WHERE first_relabel.id IS NULL OR decision.id <= first_relabel.id
    UNION ALL
    SELECT wrote.era, item.label, item.image_id
    FROM version_item AS item JOIN written_at AS wrote ON wrote.kind = 'version' AND wrote.id = item.version_id
    WHERE item.image_id NOT IN (SELECT image_id FROM first_relabel)
    UNION ALL
    SELECT wrote.era, item.label, item.image_id
    FROM evaluation_item AS item JOIN written_at AS wrote ON wrote.kind = 'set' AND wrote.id = item.set_id
    WHERE item.image_id NOT IN (SELECT image_id FROM first_relabel)
    UNION ALL
    SELECT wrote.era, opinion.label, opinion.image_id
    FROM label_opinion AS opinion JOIN written_at AS wrote ON wrote.kind = 'run' AND wrote.id = opinion.run_id
    WHERE opinion.image_id NOT IN (SELECT image_id FROM first_relabel)
    UNION ALL
    SELECT wrote.era, item.label, item.image_id
    FROM run_item AS item JOIN written_at AS wrote ON wrote.kind = 'run' AND wrote.id = item.run_id
    WHERE item.image_id NOT IN (SELECT image_id FROM first_relabel)
),
known AS (
    SELECT DISTINCT name FROM pictured_class UNION SELECT name FROM class_name WHERE dataset_id = $dataset_id
),
named AS (
    SELECT wrote.era, decision.class_index AS number, decision.name_before AS name
    FROM name_decision AS decision JOIN written_at AS wrote ON wrote.kind = 'name' AND wrote.id = decision.id
    WHERE decision.name_before NOT IN (
        SELECT earlier.name_after FROM name_decision AS earlier
        WHERE earlier.dataset_id = $dataset_id AND earlier.id < decision.id
    )
    UNION ALL
    SELECT wrote.era, unnest(range(len(version.class_names))), unnest(version.class_names)
    FROM version JOIN written_at AS wrote ON wrote.kind = 'version' AND wrote.id = version.id
    WHERE version.dataset_id = $dataset_id
)
SELECT era, number::INTEGER AS number, name, count(*) AS n
FROM (
    SELECT written.era, written.number, pictured.name
    FROM written JOIN pictured_class AS pictured ON pictured.image_id = written.image_id
    UNION ALL
    SELECT named.era, named.number, named.name FROM named JOIN known ON known.name = named.name
    WHERE named.name NOT IN (SELECT name_after FROM name_decision WHERE dataset_id = $dataset_id AND name_after <> name_before)
)
WHERE number IS NOT NULL AND name IS NOT NULL
GROUP BY era, number, name
ORDER BY era, number, name

-- name: numbers_that_people_used
-- out: era, number, n_decisions, n_names, n_versions: the numbers that decisions, corrected names and versions hold
SELECT era, number::INTEGER AS number,
    count(DISTINCT id) FILTER (kind = 'decision') AS n_decisions,
    count(DISTINCT id) FILTER (kind = 'name') AS n_names,
    count(DISTINCT id) FILTER (kind = 'version') AS n_versions
FROM (
    SELECT wrote.era, wrote.kind, wrote.id, unnest(list_concat([label_after], coalesce(labels_after, []))) AS number
    FROM decision JOIN written_at AS wrote ON wrote.kind = 'decision' AND wrote.id = decision.id
    UNION ALL
    SELECT wrote.era, wrote.kind, wrote.id, class_index
    FROM name_decision JOIN written_at AS wrote ON wrote.kind = 'name' AND wrote.id = name_decision.id
    UNION ALL
    SELECT DISTINCT wrote.era, wrote.kind, wrote.id, unnest(list_concat([label], coalesce(labels, [])))
    FROM version_item JOIN written_at AS wrote ON wrote.kind = 'version' AND wrote.id = version_item.version_id
)
WHERE number IS NOT NULL
GROUP BY era, number
ORDER BY era, number

-- name: renumbering
-- out: kind, id, numbers: the class that number n meant there is numbers[n + 1] today; incoming: era, numbers of the eras
-- whose numbers are others
SELECT wrote.kind, wrote.id, incoming.numbers FROM written_at AS wrote JOIN incoming ON incoming.era = wrote.era

-- name: renumber_decisions
-- out: nothing
UPDATE decision SET
    label_before = CASE WHEN label_before < len(new.numbers) THEN new.numbers[label_before + 1] ELSE label_before END,
    label_after = CASE WHEN label_after < len(new.numbers) THEN new.numbers[label_after + 1] ELSE label_after END,
    labels_before = list_sort(list_transform(labels_before, lambda n: coalesce(new.numbers[n + 1], n))),
    labels_after = list_sort(list_transform(labels_after, lambda n: coalesce(new.numbers[n + 1], n)))
FROM renumbering AS new WHERE new.kind = 'decision' AND new.id = decision.id

-- name: renumber_name_decisions
-- out: nothing
UPDATE name_decision SET class_index = coalesce(new.numbers[class_index + 1], class_index)
FROM renumbering AS new WHERE new.kind = 'name' AND new.id = name_decision.id

-- name: renumber_version_items
-- out: nothing
UPDATE version_item SET
    label = CASE WHEN label < len(new.numbers) THEN new.numbers[label + 1] ELSE label END,
    labels = list_sort(list_transform(labels, lambda n: coalesce(new.numbers[n + 1], n)))
FROM renumbering AS new WHERE new.kind = 'version' AND new.id = version_item.version_id

-- name: renumber_evaluation_items
-- out: nothing
UPDATE evaluation_item SET
    label = CASE WHEN label < len(new.numbers) THEN new.numbers[label + 1] ELSE label END,
    labels = list_sort(list_transform(labels, lambda n: coalesce(new.numbers[n + 1], n)))
FROM renumbering AS new WHERE new.kind = 'set' AND new.id = evaluation_item.set_id

-- name: renumber_run_items
-- out: nothing
UPDATE run_item SET
    label = CASE WHEN label < len(new.numbers) THEN new.numbers[label + 1] ELSE label END,
    labels = list_sort(list_transform(labels, lambda n: coalesce(new.numbers[n + 1], n)))
FROM renumbering AS new WHERE new.kind = 'run' AND new.id = run_item.run_id

-- name: renumber_opinions
-- out: nothing
UPDATE label_opinion SET
    label = CASE WHEN label < len(new.numbers) THEN new.numbers[label + 1] ELSE label END,
    suggested = CASE WHEN suggested < len(new.numbers) THEN new.numbers[suggested + 1] ELSE suggested END,
    neighbour_label = CASE WHEN neighbour_label < len(new.numbers) THEN new.numbers[neighbour_label + 1] ELSE neighbour_label END,
    copy_label = CASE WHEN copy_label < len(new.numbers) THEN new.numbers[copy_label + 1] ELSE copy_label END,
    zero_shot_label = CASE WHEN zero_shot_label < len(new.numbers) THEN new.numbers[zero_shot_label + 1] ELSE zero_shot_label END,
    detected_label = CASE WHEN detected_label < len(new.numbers) THEN new.numbers[detected_label + 1] ELSE detected_label END
FROM renumbering AS new WHERE new.kind = 'run' AND new.id = label_opinion.run_id

-- name: renumber_issues
-- out: nothing
UPDATE label_issue SET suggested = CASE WHEN suggested < len(new.numbers) THEN new.numbers[suggested + 1] ELSE suggested END
FROM renumbering AS new WHERE new.kind = 'run' AND new.id = label_issue.run_id

-- name: renumber_candidates
-- out: nothing
UPDATE validation_candidate SET label = coalesce(new.numbers[label + 1], label)
FROM renumbering AS new WHERE new.kind = 'run' AND new.id = validation_candidate.run_id

-- name: renumber_typicality
-- out: nothing
UPDATE typicality SET class_index = coalesce(new.numbers[class_index + 1], class_index)
FROM renumbering AS new WHERE new.kind = 'run' AND new.id = typicality.run_id

-- name: renumber_saliency
-- out: nothing
UPDATE saliency_map SET class_index = coalesce(new.numbers[class_index + 1], class_index),
    label = coalesce(new.numbers[label + 1], label)
FROM renumbering AS new WHERE new.kind = 'run' AND new.id = saliency_map.run_id

-- name: renumber_predictions
-- out: nothing; the share of class n comes to the place that n has today, a class of later has none
UPDATE prediction SET probabilities = list_transform(range($n_classes),
    lambda now: coalesce(probabilities[list_position(new.numbers[1:len(probabilities)], now::INTEGER)], 0)::FLOAT)
FROM renumbering AS new WHERE new.kind = 'run' AND new.id = prediction.run_id

-- name: renumber_gone_images
-- out: nothing; files that have gone get the number that their folder's class has today; incoming: index, name
UPDATE image SET label = incoming.index
FROM pictured_class AS pictured JOIN incoming ON incoming.name = pictured.name
WHERE pictured.gone AND pictured.image_id = image.id AND image.label IS DISTINCT FROM incoming.index

-- name: rename_versions_classes
-- out: nothing; the names that the classes had when a version was frozen, by today's numbers: the source's, or the newest
-- correction of then. As many as it had, or as its numbers reach
UPDATE version SET class_names = named.names[1:greatest(len(version.class_names),
    coalesce((SELECT list_max(new.numbers) + 1 FROM renumbering AS new WHERE new.kind = 'version' AND new.id = version.id), 0))]
FROM (
    SELECT version.id, list(coalesce(corrected.name_after, class_name.name) ORDER BY class_name.index) AS names
    FROM version JOIN class_name ON class_name.dataset_id = version.dataset_id
    LEFT JOIN (
        SELECT version.id AS version_id, decision.class_index, arg_max(decision.name_after, decision.id) AS name_after
        FROM version JOIN name_decision AS decision
            ON decision.dataset_id = version.dataset_id AND decision.decided_at <= version.created_at
        GROUP BY version.id, decision.class_index
    ) AS corrected ON corrected.version_id = version.id AND corrected.class_index = class_name.index
    GROUP BY version.id
) AS named
WHERE version.dataset_id = $dataset_id AND named.id = version.id

-- name: mark_gone_classes
-- out: nothing; classes whose pictures have all gone, or that only what was written before knows
INSERT INTO gone_class (dataset_id, index)
SELECT dataset_id, index FROM class_name
WHERE dataset_id = $dataset_id AND (name IN (SELECT name FROM pictured_class GROUP BY name HAVING bool_and(gone))
    OR name NOT IN (SELECT unnest($names_before::VARCHAR[])))
ON CONFLICT DO NOTHING

-- name: forget_other_class_names
-- out: nothing; rows of class_name that are not among `incoming` (index, name)
DELETE FROM class_name WHERE dataset_id = $dataset_id AND index NOT IN (SELECT index FROM incoming)

-- name: forget_corrected_names
-- out: nothing
UPDATE class_name SET corrected_name = NULL WHERE dataset_id = $dataset_id

-- name: correct_names_again
-- out: nothing; each class is called as its newest correction says
UPDATE class_name SET corrected_name = nullif(last.name_after, class_name.name)
FROM (
    SELECT class_index, arg_max(name_after, id) AS name_after FROM name_decision WHERE dataset_id = $dataset_id GROUP BY class_index
) AS last
WHERE class_name.dataset_id = $dataset_id AND class_name.index = last.class_index
