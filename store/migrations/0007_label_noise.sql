-- Class probabilities, what is thought of every label, and what came of it; names of classes put right.

ALTER TABLE run ADD COLUMN out_of_fold BOOLEAN;

CREATE TABLE prediction (
    run_id INTEGER NOT NULL,
    image_id BIGINT NOT NULL,
    fold INTEGER,
    probabilities FLOAT[] NOT NULL
);

CREATE TABLE label_opinion (
    run_id INTEGER NOT NULL,
    image_id BIGINT NOT NULL,
    label INTEGER,
    suggested INTEGER,
    self_confidence FLOAT,
    margin FLOAT,
    chance FLOAT,
    severity FLOAT NOT NULL,
    n_against TINYINT NOT NULL,
    n_heard TINYINT NOT NULL,
    classifier BOOLEAN,
    neighbours BOOLEAN,
    copies BOOLEAN,
    zero_shot BOOLEAN,
    n_neighbours INTEGER NOT NULL,
    neighbour_label INTEGER,
    neighbour_share FLOAT,
    own_share FLOAT,
    copy_group BIGINT,
    n_copies INTEGER NOT NULL,
    n_other_label INTEGER NOT NULL,
    copy_label INTEGER,
    zero_shot_label INTEGER,
    zero_shot_share FLOAT,
    neighbour_distance FLOAT,
    class_distance FLOAT,
    any_class_distance FLOAT,
    no_name FLOAT,
    outlier_distance FLOAT,
    outlier_tail FLOAT
);

CREATE TABLE label_issue (
    run_id INTEGER NOT NULL,
    image_id BIGINT NOT NULL,
    kind VARCHAR NOT NULL CHECK (kind IN ('label', 'outlier', 'duplicate')),
    score FLOAT NOT NULL,
    suggested INTEGER
);

CREATE SEQUENCE name_decision_ids;

CREATE TABLE name_decision (
    id BIGINT NOT NULL,
    dataset_id INTEGER NOT NULL,
    class_index INTEGER NOT NULL,
    name_before VARCHAR NOT NULL,
    name_after VARCHAR NOT NULL,
    reason VARCHAR,
    evidence VARCHAR,
    batch VARCHAR NOT NULL,
    undoes VARCHAR,
    who VARCHAR NOT NULL,
    decided_at TIMESTAMP NOT NULL
);
