-- What lies in Qdrant: the collections that syncs have written, and the point of each picture with a mark of what it says.

CREATE SEQUENCE qdrant_collection_ids;

CREATE TABLE qdrant_collection (
    id INTEGER PRIMARY KEY DEFAULT nextval('qdrant_collection_ids'),
    dataset_id INTEGER NOT NULL,
    url VARCHAR NOT NULL,
    alias VARCHAR NOT NULL,
    collection VARCHAR NOT NULL,
    space VARCHAR NOT NULL,
    shape VARCHAR NOT NULL,
    run_id INTEGER NOT NULL,
    n_points BIGINT,
    n_checked BIGINT,
    synced_at TIMESTAMP,
    UNIQUE (url, collection)
);

CREATE TABLE qdrant_point (
    collection_id INTEGER NOT NULL,
    point_id VARCHAR NOT NULL,
    image_id BIGINT NOT NULL,
    vector_run INTEGER NOT NULL,
    payload_mark VARCHAR NOT NULL
);
