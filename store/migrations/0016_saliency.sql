-- Where a trained network looks: low-resolution maps of some pictures of its evaluation set.

CREATE TABLE saliency_map (
    run_id INTEGER NOT NULL,
    image_id BIGINT NOT NULL,
    place VARCHAR NOT NULL CHECK (place IN ('surest', 'furthest')),
    role VARCHAR NOT NULL CHECK (role IN ('label', 'predicted')),
    class_index INTEGER NOT NULL,
    label INTEGER NOT NULL,
    probability FLOAT NOT NULL,
    map BLOB NOT NULL,
    peak FLOAT NOT NULL,
    stride INTEGER NOT NULL,
    centre_share FLOAT,
    border_share FLOAT,
    box_share FLOAT,
    box_area FLOAT
);
