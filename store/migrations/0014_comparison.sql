-- Comparing runs: results published elsewhere, and one way to name the pictures that runs are scored on.

CREATE SEQUENCE reference_ids;

CREATE TABLE reference_result (
    id INTEGER NOT NULL,
    dataset_id INTEGER NOT NULL,
    name VARCHAR NOT NULL,
    balanced_accuracy DOUBLE NOT NULL,
    recalls DOUBLE[] NOT NULL,
    set_id INTEGER,
    source VARCHAR NOT NULL,
    who VARCHAR NOT NULL,
    created_at TIMESTAMP NOT NULL
);

-- The pictures of an evaluation set, of a version (one of its splits, or all of it), of a selection, or all of a dataset;
-- set_label: the label they had when the set or version was made.
CREATE MACRO scored_pictures(wanted_dataset, wanted_source, wanted_number, wanted_split) AS TABLE
SELECT evaluation_item.image_id, evaluation_item.label AS set_label
FROM evaluation_item JOIN evaluation_set ON evaluation_set.id = evaluation_item.set_id
WHERE wanted_source = 'set' AND evaluation_item.set_id = wanted_number AND evaluation_set.dataset_id = wanted_dataset
UNION ALL
SELECT version_item.image_id, version_item.label
FROM version_item JOIN version ON version.id = version_item.version_id
WHERE wanted_source = 'version' AND version_item.version_id = wanted_number AND version.dataset_id = wanted_dataset
    AND (wanted_split IS NULL OR version_item.split = wanted_split)
UNION ALL
SELECT selection_image.image_id, NULL
FROM selection_image JOIN selection ON selection.id = selection_image.selection_id
WHERE wanted_source = 'selection' AND selection_image.selection_id = wanted_number AND selection.dataset_id = wanted_dataset
UNION ALL
SELECT id, NULL FROM image WHERE wanted_source = 'all' AND dataset_id = wanted_dataset;
