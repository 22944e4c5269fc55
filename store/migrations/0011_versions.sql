-- Frozen states of a dataset, what was exported of them, and the building of a validation set.

CREATE SEQUENCE version_ids;

CREATE TABLE version (
    id INTEGER PRIMARY KEY,
    dataset_id INTEGER NOT NULL,
    name VARCHAR NOT NULL,
    note VARCHAR,
    class_names VARCHAR[] NOT NULL,
    n_images BIGINT NOT NULL,
    n_left_out BIGINT NOT NULL,
    data_generation BIGINT NOT NULL,
    validation_run INTEGER,
    who VARCHAR NOT NULL,
    created_at TIMESTAMP NOT NULL
);

CREATE TABLE version_item (
    version_id INTEGER NOT NULL,
    image_id BIGINT NOT NULL,
    sha256 VARCHAR NOT NULL,
    label INTEGER,
    labels INTEGER[],
    split VARCHAR
);

CREATE TABLE export_item (
    run_id INTEGER NOT NULL,
    path VARCHAR NOT NULL,
    image_id BIGINT NOT NULL,
    partner_id BIGINT,
    technique VARCHAR,
    own_share FLOAT,
    label INTEGER,
    split VARCHAR
);

CREATE TABLE augmentation_preview (
    run_id INTEGER NOT NULL,
    n INTEGER NOT NULL,
    image_id BIGINT NOT NULL,
    partner_id BIGINT,
    technique VARCHAR NOT NULL,
    own_share FLOAT,
    picture BLOB NOT NULL
);

CREATE TABLE validation_candidate (
    run_id INTEGER NOT NULL,
    image_id BIGINT NOT NULL,
    label INTEGER NOT NULL,
    rank INTEGER NOT NULL,
    stands_for INTEGER NOT NULL,
    n_heard TINYINT NOT NULL,
    margin FLOAT
);

CREATE TABLE validation_near (
    run_id INTEGER NOT NULL,
    image_id BIGINT NOT NULL,
    near_id BIGINT NOT NULL,
    cosine FLOAT,
    hamming_bits INTEGER NOT NULL
);

-- What was last said of a candidate, while it stands: keep confirms it, flag rejects it.
CREATE VIEW validation_answer AS
SELECT dataset_id, run_id, image_id, arg_max(act, id) = 'keep' AS confirmed
FROM (
    SELECT id, dataset_id, image_id, act,
        TRY_CAST(json_extract_string(evidence, '$.validation_run') AS INTEGER) AS run_id
    FROM decision
    WHERE act IN ('keep', 'flag') AND evidence IS NOT NULL
        AND id NOT IN (SELECT undoes FROM decision WHERE act = 'undo' AND undoes IS NOT NULL)
)
WHERE run_id IS NOT NULL
GROUP BY dataset_id, run_id, image_id;

-- A dataset as a version holds it; version 0 is the dataset as it stands.
CREATE MACRO version_state(wanted_dataset, wanted_version) AS TABLE
SELECT image_id, sha256, label, labels, split,
    coalesce(labels, CASE WHEN label IS NULL THEN []::INTEGER[] ELSE [label] END) AS held
FROM version_item WHERE version_id = wanted_version
UNION ALL
SELECT id, sha256, label, labels, split,
    coalesce(labels, CASE WHEN label IS NULL THEN []::INTEGER[] ELSE [label] END)
FROM current_image
WHERE wanted_version = 0 AND dataset_id = wanted_dataset AND NOT missing AND NOT removed;

-- Every image of two versions side by side; kind is null where nothing differs. A picture in no split is one to train on.
CREATE MACRO version_pairs(wanted_dataset, version_before, version_after) AS TABLE
SELECT coalesce(b.image_id, a.image_id) AS image_id,
    CASE
        WHEN b.image_id IS NULL THEN 'added'
        WHEN a.image_id IS NULL THEN 'removed'
        WHEN list_sort(b.held) <> list_sort(a.held) THEN 'relabelled'
        WHEN b.sha256 <> a.sha256 THEN 'changed'
        WHEN coalesce(b.split, 'train') <> coalesce(a.split, 'train') THEN 'moved'
    END AS kind,
    b.held AS held_before, a.held AS held_after, b.split AS split_before, a.split AS split_after
FROM version_state(wanted_dataset, version_before) AS b
FULL JOIN version_state(wanted_dataset, version_after) AS a ON a.image_id = b.image_id;
