-- Features computed elsewhere: what was seen of each file on its way in.

CREATE TABLE vector_file (
    run_id INTEGER NOT NULL,
    n INTEGER NOT NULL,
    file VARCHAR NOT NULL,
    n_rows BIGINT NOT NULL,
    n_features BIGINT NOT NULL,
    n_taken BIGINT NOT NULL,
    n_repeated BIGINT NOT NULL,
    n_conflicting BIGINT NOT NULL,
    n_not_finite BIGINT NOT NULL,
    n_without_id BIGINT NOT NULL,
    n_unmatched BIGINT NOT NULL,
    n_without_label BIGINT NOT NULL,
    n_unknown_label BIGINT NOT NULL,
    n_bad_lines BIGINT NOT NULL,
    n_constant BIGINT NOT NULL,
    reading VARCHAR NOT NULL,
    problem VARCHAR
);

CREATE TABLE vector_problem (
    run_id INTEGER NOT NULL,
    file VARCHAR NOT NULL,
    row BIGINT NOT NULL,
    key VARCHAR NOT NULL,
    reason VARCHAR NOT NULL
);
