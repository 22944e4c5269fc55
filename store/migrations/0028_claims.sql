-- Claims: sentences with numbers that can be asked for again, every wording and every value of them, append-only.

CREATE SEQUENCE claim_ids;
CREATE SEQUENCE claim_takes;

CREATE TABLE claim (
    id INTEGER NOT NULL,
    dataset_id INTEGER NOT NULL,
    edition INTEGER NOT NULL,
    sentence VARCHAR NOT NULL,
    measures VARCHAR NOT NULL,
    page VARCHAR NOT NULL,
    query VARCHAR NOT NULL,
    forgotten BOOLEAN NOT NULL DEFAULT false,
    who VARCHAR NOT NULL,
    written_at TIMESTAMP NOT NULL,
    PRIMARY KEY (id, edition)
);

CREATE TABLE claim_value (
    claim_id INTEGER NOT NULL,
    take BIGINT NOT NULL,
    occasion VARCHAR NOT NULL CHECK (occasion IN ('kept', 'checked', 'frozen')),
    version_id INTEGER,
    name VARCHAR NOT NULL,
    number DOUBLE,
    unit VARCHAR NOT NULL,
    low DOUBLE,
    high DOUBLE,
    method VARCHAR,
    n BIGINT NOT NULL,
    run_ids INTEGER[] NOT NULL,
    evaluation_set VARCHAR NOT NULL,
    version VARCHAR NOT NULL,
    generation BIGINT NOT NULL,
    weak VARCHAR[] NOT NULL,
    reason VARCHAR,
    last_decision BIGINT NOT NULL,
    who VARCHAR NOT NULL,
    measured_at TIMESTAMP NOT NULL
);

-- A claim as it is worded now, with who kept it first; those that were forgotten are left out.
CREATE VIEW current_claim AS
SELECT newest.id, newest.dataset_id, newest.edition, newest.sentence, newest.measures, newest.page, newest.query, newest.who,
    newest.written_at, first.who AS kept_by, first.written_at AS kept_at
FROM (SELECT * FROM claim QUALIFY row_number() OVER (PARTITION BY id ORDER BY edition DESC) = 1) AS newest
JOIN claim AS first ON first.id = newest.id AND first.edition = 1
WHERE NOT newest.forgotten;
