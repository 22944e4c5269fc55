-- Health: what drifted, what the owner wants to be told of, and what was told.

CREATE SEQUENCE health_limit_ids;
CREATE SEQUENCE health_alert_ids;

CREATE TABLE drift_measure (
    run_id INTEGER NOT NULL,
    measure VARCHAR NOT NULL,
    value DOUBLE NOT NULL,
    low DOUBLE,
    high DOUBLE,
    p DOUBLE NOT NULL,
    p_adjusted DOUBLE NOT NULL,
    n_before BIGINT NOT NULL,
    n_after BIGINT NOT NULL,
    note VARCHAR NOT NULL
);

CREATE TABLE drift_share (
    run_id INTEGER NOT NULL,
    label INTEGER,
    n_before BIGINT NOT NULL,
    n_after BIGINT NOT NULL
);

CREATE TABLE drift_image (
    run_id INTEGER NOT NULL,
    why VARCHAR NOT NULL CHECK (why IN ('cluster', 'near', 'label', 'far')),
    place INTEGER NOT NULL,
    cluster INTEGER NOT NULL,
    image_id BIGINT NOT NULL,
    other_id BIGINT,
    cosine FLOAT
);

CREATE TABLE health_limit (
    id INTEGER NOT NULL PRIMARY KEY,
    dataset_id INTEGER NOT NULL,
    name VARCHAR NOT NULL,
    value DOUBLE,
    who VARCHAR NOT NULL,
    set_at TIMESTAMP NOT NULL
);

CREATE TABLE health_sample (
    taken_at TIMESTAMP NOT NULL,
    disk_free BIGINT NOT NULL,
    disk_total BIGINT NOT NULL,
    file_bytes BIGINT NOT NULL,
    memory_free BIGINT NOT NULL,
    memory_total BIGINT NOT NULL,
    app_memory BIGINT NOT NULL,
    n_waiting INTEGER NOT NULL,
    n_running INTEGER NOT NULL,
    n_images BIGINT NOT NULL
);

CREATE TABLE health_alert (
    id INTEGER NOT NULL PRIMARY KEY,
    dataset_id INTEGER NOT NULL,
    name VARCHAR NOT NULL,
    sentence VARCHAR NOT NULL,
    value DOUBLE,
    limit_value DOUBLE,
    raised_at TIMESTAMP NOT NULL,
    ended_at TIMESTAMP
);

CREATE TABLE health_delivery (
    alert_id INTEGER NOT NULL,
    channel VARCHAR NOT NULL CHECK (channel IN ('webhook', 'mail')),
    attempt INTEGER NOT NULL,
    delivered BOOLEAN NOT NULL,
    outcome VARCHAR NOT NULL,
    tried_at TIMESTAMP NOT NULL
);
