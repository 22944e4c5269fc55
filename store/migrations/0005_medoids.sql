-- Representatives: what a run of the kind `medoids` found, and what people call its clusters.

CREATE TABLE medoid (
    run_id INTEGER NOT NULL,
    cluster INTEGER NOT NULL,
    image_id BIGINT NOT NULL
);

CREATE TABLE cluster_member (
    run_id INTEGER NOT NULL,
    image_id BIGINT NOT NULL,
    cluster INTEGER NOT NULL,
    distance FLOAT NOT NULL,
    cosine FLOAT NOT NULL
);

CREATE TABLE cluster_name (
    run_id INTEGER NOT NULL,
    cluster INTEGER NOT NULL,
    name VARCHAR NOT NULL,
    who VARCHAR NOT NULL,
    named_at TIMESTAMP NOT NULL
);

CREATE TABLE elbow_point (
    run_id INTEGER NOT NULL,
    k INTEGER NOT NULL,
    medoids BIGINT[] NOT NULL,
    loss DOUBLE NOT NULL,
    sample_loss DOUBLE NOT NULL,
    n_sample BIGINT NOT NULL,
    inertia DOUBLE NOT NULL,
    distortion DOUBLE NOT NULL,
    silhouette FLOAT,
    medoid_silhouette FLOAT,
    covered FLOAT[] NOT NULL
);

CREATE TABLE subset_choice (
    run_id INTEGER NOT NULL,
    chooser VARCHAR NOT NULL,
    pictures BIGINT[] NOT NULL,
    n_images BIGINT NOT NULL,
    n_classes INTEGER NOT NULL,
    loss DOUBLE NOT NULL,
    found_loss DOUBLE,
    sample_loss DOUBLE,
    n_sample BIGINT,
    inertia DOUBLE NOT NULL,
    distortion DOUBLE NOT NULL,
    farthest FLOAT NOT NULL,
    silhouette FLOAT,
    medoid_silhouette FLOAT,
    n_silhouette BIGINT NOT NULL,
    covered FLOAT[] NOT NULL
);

CREATE TABLE typicality (
    run_id INTEGER NOT NULL,
    image_id BIGINT NOT NULL,
    class_index INTEGER NOT NULL,
    mean_cosine FLOAT
);
