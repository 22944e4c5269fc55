-- Pictures judged without their label: the sample with the labels of that moment, and what each reviewer answered.

CREATE SEQUENCE spot_check_ids;
CREATE SEQUENCE spot_check_answer_ids;

CREATE TABLE spot_check (
    id INTEGER NOT NULL PRIMARY KEY,
    dataset_id INTEGER NOT NULL,
    version_id INTEGER NOT NULL,
    label_run INTEGER,
    design VARCHAR NOT NULL,
    class_names VARCHAR[] NOT NULL,
    n_reviewers INTEGER NOT NULL CHECK (n_reviewers >= 1),
    seed BIGINT NOT NULL,
    who VARCHAR NOT NULL,
    started_at TIMESTAMP NOT NULL,
    closed_by VARCHAR,
    closed_at TIMESTAMP
);

CREATE TABLE spot_check_item (
    check_id INTEGER NOT NULL,
    item INTEGER NOT NULL,
    image_id BIGINT NOT NULL,
    stratum INTEGER NOT NULL,
    weight DOUBLE NOT NULL,
    first_item INTEGER,
    after INTEGER,
    label_before INTEGER,
    label_after INTEGER,
    kept BOOLEAN NOT NULL,
    doubted BOOLEAN NOT NULL,
    label_checked INTEGER,
    PRIMARY KEY (check_id, item)
);

CREATE TABLE spot_check_cell (
    check_id INTEGER NOT NULL,
    stratum INTEGER NOT NULL,
    label_before INTEGER,
    label_after INTEGER,
    kept BOOLEAN NOT NULL,
    doubted BOOLEAN NOT NULL,
    n BIGINT NOT NULL
);

CREATE TABLE spot_check_answer (
    id BIGINT NOT NULL PRIMARY KEY,
    check_id INTEGER NOT NULL,
    item INTEGER NOT NULL,
    reviewer VARCHAR NOT NULL,
    said VARCHAR NOT NULL CHECK (said IN ('class', 'none', 'cannot-tell', 'taken-back')),
    class_index INTEGER,
    answered_at TIMESTAMP NOT NULL,
    ms INTEGER
);

CREATE TABLE spot_check_submission (
    check_id INTEGER NOT NULL,
    reviewer VARCHAR NOT NULL,
    submitted_at TIMESTAMP NOT NULL,
    PRIMARY KEY (check_id, reviewer)
);

-- A reviewer's newest answer to an item; one that was taken back is none.
CREATE VIEW current_spot_check_answer AS
SELECT * FROM (
    SELECT * FROM spot_check_answer
    QUALIFY row_number() OVER (PARTITION BY check_id, item, reviewer ORDER BY id DESC) = 1
)
WHERE said <> 'taken-back';
