-- Where datasets stood before: a folder that was renamed, or lies on another disk, is the same dataset.

CREATE TABLE dataset_move (
    dataset_id INTEGER NOT NULL,
    root_before VARCHAR NOT NULL,
    root_after VARCHAR NOT NULL,
    n_same BIGINT NOT NULL,
    n_missing BIGINT NOT NULL,
    n_differ BIGINT NOT NULL,
    who VARCHAR NOT NULL,
    run_id INTEGER NOT NULL,
    moved_at TIMESTAMP NOT NULL
);

-- Every folder that a dataset stands on, or stood on.
CREATE VIEW dataset_folder AS
SELECT id AS dataset_id, root AS folder FROM dataset
UNION
SELECT dataset_id, root_before FROM dataset_move;
