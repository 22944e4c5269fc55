-- Attributes by prompt: a yes or no question in words, asked of every picture.

CREATE TABLE attribute_value (
    run_id INTEGER NOT NULL,
    image_id BIGINT NOT NULL,
    share FLOAT NOT NULL
);
