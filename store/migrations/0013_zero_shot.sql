-- Sets of prompts, by which zero-shot tells classes: named, appended, never changed.

CREATE SEQUENCE prompt_set_ids;

CREATE TABLE prompt_set (
    id INTEGER NOT NULL,
    dataset_id INTEGER NOT NULL,
    name VARCHAR NOT NULL,
    prompts VARCHAR NOT NULL,
    templates VARCHAR[] NOT NULL,
    temperature DOUBLE,
    note VARCHAR,
    who VARCHAR NOT NULL,
    created_at TIMESTAMP NOT NULL
);
