-- What reviewers wrote of a dataset in a file that they were given: comments, scores of a rubric, words on labels.

CREATE TABLE comment (
    id VARCHAR NOT NULL PRIMARY KEY,
    dataset_id INTEGER NOT NULL,
    kind VARCHAR NOT NULL CHECK (kind IN ('picture', 'claim', 'block', 'general')),
    image_id BIGINT,
    claim_id INTEGER,
    block_id INTEGER,
    title VARCHAR NOT NULL,
    text VARCHAR NOT NULL,
    bundle_run INTEGER NOT NULL,
    who VARCHAR NOT NULL,
    written_at TIMESTAMP NOT NULL,
    taken_in_by VARCHAR NOT NULL,
    taken_in_at TIMESTAMP NOT NULL
);

CREATE TABLE rubric_score (
    dataset_id INTEGER NOT NULL,
    reviewer VARCHAR NOT NULL,
    bundle_run INTEGER NOT NULL,
    criterion VARCHAR NOT NULL,
    title VARCHAR NOT NULL,
    score INTEGER NOT NULL,
    of_most INTEGER NOT NULL,
    note VARCHAR NOT NULL,
    saved_at TIMESTAMP NOT NULL,
    taken_in_at TIMESTAMP NOT NULL,
    PRIMARY KEY (dataset_id, reviewer, bundle_run, criterion, saved_at)
);

CREATE TABLE review_opinion (
    dataset_id INTEGER NOT NULL,
    reviewer VARCHAR NOT NULL,
    bundle_run INTEGER NOT NULL,
    image_id BIGINT NOT NULL,
    verdict VARCHAR NOT NULL CHECK (verdict IN ('right', 'wrong', 'unsure')),
    label INTEGER,
    said_at TIMESTAMP NOT NULL,
    taken_in_at TIMESTAMP NOT NULL,
    PRIMARY KEY (dataset_id, reviewer, bundle_run, image_id, said_at)
);

-- A reviewer's newest score of a criterion of one bundle.
CREATE VIEW current_rubric_score AS
SELECT * FROM rubric_score
QUALIFY row_number() OVER (PARTITION BY dataset_id, reviewer, bundle_run, criterion ORDER BY saved_at DESC) = 1;

-- A reviewer's newest word on a picture's label in one bundle.
CREATE VIEW current_review_opinion AS
SELECT * FROM review_opinion
QUALIFY row_number() OVER (PARTITION BY dataset_id, reviewer, bundle_run, image_id ORDER BY said_at DESC) = 1;
