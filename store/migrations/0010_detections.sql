-- Detections: boxes and masks of objects, which pictures were looked at, what the classes are called; crops; privacy.

CREATE TABLE detection (
    run_id INTEGER NOT NULL,
    image_id BIGINT NOT NULL,
    class_index INTEGER NOT NULL,
    score FLOAT NOT NULL,
    x1 FLOAT NOT NULL,
    y1 FLOAT NOT NULL,
    x2 FLOAT NOT NULL,
    y2 FLOAT NOT NULL,
    area FLOAT NOT NULL,
    mask VARCHAR
);

CREATE TABLE detection_scan (
    run_id INTEGER NOT NULL,
    image_id BIGINT NOT NULL,
    n_objects INTEGER NOT NULL
);

CREATE TABLE detected_class (
    run_id INTEGER NOT NULL,
    class_index INTEGER NOT NULL,
    name VARCHAR NOT NULL
);

CREATE TABLE crop (
    run_id INTEGER NOT NULL,
    path VARCHAR NOT NULL,
    image_id BIGINT NOT NULL,
    detection_run INTEGER NOT NULL,
    class_name VARCHAR NOT NULL,
    score FLOAT NOT NULL,
    x1 FLOAT NOT NULL,
    y1 FLOAT NOT NULL,
    x2 FLOAT NOT NULL,
    y2 FLOAT NOT NULL
);

CREATE SEQUENCE privacy_ids;

CREATE TABLE privacy (
    id BIGINT NOT NULL,
    dataset_id INTEGER NOT NULL,
    blurs_people BOOLEAN NOT NULL,
    least_score FLOAT NOT NULL,
    who VARCHAR NOT NULL,
    decided_at TIMESTAMP NOT NULL
);
