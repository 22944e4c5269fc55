-- The neighbour graphs: one row an image that a run of the kind `neighbours` could take in.

CREATE TABLE neighbour_list (
    run_id INTEGER NOT NULL,
    image_id BIGINT NOT NULL,
    neighbours BIGINT[] NOT NULL,
    similarities FLOAT[] NOT NULL
);
