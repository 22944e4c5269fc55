-- Samples of a collection: what the sources would give first, looked at before anything is collected.

CREATE TABLE collect_sample (
    run_id INTEGER NOT NULL,
    n INTEGER NOT NULL,
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
    width INTEGER,
    height INTEGER,
    picture BLOB,
    reason VARCHAR
);
