-- Quality gates: what each run of `verify` measured, the limit that counted then, and the first rows that are wrong.

CREATE TABLE gate_result (
    run_id INTEGER NOT NULL,
    place INTEGER NOT NULL,
    gate VARCHAR NOT NULL,
    subject VARCHAR NOT NULL,
    title VARCHAR NOT NULL,
    unit VARCHAR NOT NULL,
    measured DOUBLE,
    limit_kind VARCHAR NOT NULL CHECK (limit_kind IN ('at most', 'at least')),
    limit_value DOUBLE NOT NULL,
    passed BOOLEAN NOT NULL,
    n_wrong BIGINT NOT NULL,
    sentence VARCHAR NOT NULL,
    checked_at TIMESTAMP NOT NULL
);

CREATE TABLE gate_row (
    run_id INTEGER NOT NULL,
    gate VARCHAR NOT NULL,
    n INTEGER NOT NULL,
    image_id BIGINT,
    path VARCHAR NOT NULL,
    reason VARCHAR NOT NULL
);

-- Limits that somebody has set for a dataset; the newest of each gate counts, and a null one leaves the gate out.
CREATE SEQUENCE gate_limit_ids;

CREATE TABLE gate_limit (
    id INTEGER PRIMARY KEY DEFAULT nextval('gate_limit_ids'),
    dataset_id INTEGER NOT NULL,
    gate VARCHAR NOT NULL,
    limit_value DOUBLE,
    who VARCHAR NOT NULL,
    set_at TIMESTAMP NOT NULL
);
