-- Points of the maps: one row an image that a projection run could place.

CREATE TABLE projection_point (
    run_id INTEGER NOT NULL,
    image_id BIGINT NOT NULL,
    x FLOAT NOT NULL,
    y FLOAT NOT NULL,
    z FLOAT,
    trust FLOAT
);
