-- Pictures that were collected: a row a candidate of a source's answer, what became of it, and where it comes from.

CREATE SEQUENCE takedown_ids;

CREATE TABLE collected (
    run_id INTEGER NOT NULL,
    n INTEGER NOT NULL,
    dataset_id INTEGER NOT NULL,
    source VARCHAR NOT NULL,
    query VARCHAR NOT NULL,
    class VARCHAR,
    rank INTEGER NOT NULL,
    page_url VARCHAR,
    file_url VARCHAR NOT NULL,
    title VARCHAR,
    author VARCHAR,
    licence VARCHAR,
    licence_version VARCHAR,
    licence_url VARCHAR,
    attribution VARCHAR,
    raw JSON,
    outcome VARCHAR NOT NULL,
    reason VARCHAR,
    path VARCHAR,
    duplicate_of VARCHAR,
    sha256 VARCHAR,
    etag VARCHAR,
    bytes BIGINT,
    width INTEGER,
    height INTEGER,
    fetched_at TIMESTAMP,
    PRIMARY KEY (run_id, n)
);

CREATE TABLE takedown (
    id INTEGER PRIMARY KEY DEFAULT nextval('takedown_ids'),
    dataset_id INTEGER NOT NULL,
    what VARCHAR NOT NULL,
    value VARCHAR NOT NULL,
    reason VARCHAR,
    who VARCHAR NOT NULL,
    asked_at TIMESTAMP NOT NULL,
    withdrawn_by VARCHAR,
    withdrawn_at TIMESTAMP
);

-- A question of a run to one source: how it stands, and why it ended. What was found by it is counted in `collected`.
CREATE TABLE collected_ask (
    run_id INTEGER NOT NULL,
    ask INTEGER NOT NULL,
    dataset_id INTEGER NOT NULL,
    source VARCHAR NOT NULL,
    query VARCHAR NOT NULL,
    class VARCHAR,
    n_wanted INTEGER NOT NULL,
    n_requests INTEGER NOT NULL,
    state VARCHAR NOT NULL,
    sentence VARCHAR,
    PRIMARY KEY (run_id, ask)
);
