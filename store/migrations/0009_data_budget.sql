-- What more, cleaner and better chosen pictures are worth: one row a classifier that was trained, and whom it was judged on.

CREATE TABLE budget_cell (
    run_id INTEGER NOT NULL,
    part VARCHAR NOT NULL CHECK (part IN ('cleanliness', 'noise', 'selection')),
    condition VARCHAR NOT NULL,
    selection VARCHAR NOT NULL,
    noise FLOAT NOT NULL,
    size INTEGER NOT NULL,
    n_pool INTEGER NOT NULL,
    seed INTEGER NOT NULL,
    balanced_accuracy FLOAT NOT NULL,
    recalls FLOAT[] NOT NULL
);

CREATE TABLE budget_evaluation (
    run_id INTEGER NOT NULL,
    image_id BIGINT NOT NULL
);
