-- Near duplicates: pairs, so that thresholds stay free to move, and the groups at the thresholds of the run.

CREATE TABLE duplicate_pair (
    run_id INTEGER NOT NULL,
    first_image BIGINT NOT NULL,
    second_image BIGINT NOT NULL,
    cosine FLOAT,
    bits SMALLINT
);

CREATE TABLE duplicate_group (
    run_id INTEGER NOT NULL,
    group_number INTEGER NOT NULL,
    image_id BIGINT NOT NULL,
    reasons VARCHAR NOT NULL,
    least_cosine FLOAT
);
