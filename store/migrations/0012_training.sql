-- Training: how a run's predictions came about, named sets of pictures that runs are scored on, what each picture was
-- used for, and curves by epoch.

ALTER TABLE run ADD COLUMN prediction_kind VARCHAR;
UPDATE run SET prediction_kind = 'out-of-fold' WHERE out_of_fold;

CREATE SEQUENCE evaluation_set_ids;

CREATE TABLE evaluation_set (
    id INTEGER NOT NULL,
    dataset_id INTEGER NOT NULL,
    name VARCHAR NOT NULL,
    rule VARCHAR NOT NULL,
    run_id INTEGER NOT NULL,
    created_at TIMESTAMP NOT NULL
);

CREATE TABLE evaluation_item (
    set_id INTEGER NOT NULL,
    image_id BIGINT NOT NULL,
    label INTEGER
);

CREATE TABLE run_item (
    run_id INTEGER NOT NULL,
    image_id BIGINT NOT NULL,
    part VARCHAR NOT NULL CHECK (part IN ('train', 'validation', 'test', 'copy', 'left-out')),
    label INTEGER
);

CREATE TABLE training_epoch (
    run_id INTEGER NOT NULL,
    epoch INTEGER NOT NULL,
    train_loss DOUBLE NOT NULL,
    validation_loss DOUBLE,
    balanced_accuracy DOUBLE,
    recalls DOUBLE[],
    learning_rate DOUBLE NOT NULL,
    seconds DOUBLE NOT NULL,
    images_per_second DOUBLE NOT NULL,
    waiting_share DOUBLE NOT NULL
);
