-- Selections that a person drew on a map and gave a name.

CREATE SEQUENCE selection_ids;

CREATE TABLE selection (
    id INTEGER PRIMARY KEY,
    dataset_id INTEGER NOT NULL,
    name VARCHAR NOT NULL,
    run_id INTEGER,
    who VARCHAR NOT NULL,
    created_at TIMESTAMP NOT NULL
);

CREATE TABLE selection_image (
    selection_id INTEGER NOT NULL,
    image_id BIGINT NOT NULL
);
