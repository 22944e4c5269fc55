-- Keys of the similarity service: who may ask it, for which datasets, until when. Of a key only its hash is kept.

CREATE SEQUENCE service_key_ids;

CREATE TABLE service_key (
    id INTEGER PRIMARY KEY DEFAULT nextval('service_key_ids'),
    name VARCHAR NOT NULL,
    sha256 VARCHAR NOT NULL UNIQUE,
    dataset_ids INTEGER[],
    made_by VARCHAR NOT NULL,
    made_at TIMESTAMP NOT NULL,
    expires_at TIMESTAMP,
    revoked_at TIMESTAMP,
    revoked_by VARCHAR,
    last_used_at TIMESTAMP
);
