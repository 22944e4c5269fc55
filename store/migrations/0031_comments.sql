-- Comments with editions, threads and places to pin them to; what a person has seen of them; a rubric and sheets of it.

CREATE TABLE comment_of_before AS SELECT * FROM comment;
DROP TABLE comment;

CREATE TABLE comment (
    id VARCHAR NOT NULL,
    edition INTEGER NOT NULL,
    dataset_id INTEGER NOT NULL,
    thread VARCHAR NOT NULL,
    kind VARCHAR NOT NULL CHECK (kind IN ('picture', 'page', 'claim', 'block', 'version', 'general')),
    image_id BIGINT,
    x DOUBLE,
    y DOUBLE,
    page VARCHAR NOT NULL DEFAULT '',
    query VARCHAR NOT NULL DEFAULT '{}',
    claim_id INTEGER,
    block_id INTEGER,
    version_id INTEGER,
    title VARCHAR NOT NULL,
    text VARCHAR NOT NULL,
    forgotten BOOLEAN NOT NULL DEFAULT false,
    bundle_run INTEGER,
    who VARCHAR NOT NULL,
    written_at TIMESTAMP NOT NULL,
    taken_in_by VARCHAR,
    taken_in_at TIMESTAMP,
    PRIMARY KEY (dataset_id, id, edition)
);

INSERT INTO comment (id, edition, dataset_id, thread, kind, image_id, claim_id, block_id, title, text, bundle_run, who,
    written_at, taken_in_by, taken_in_at)
SELECT id, 1, dataset_id, id, kind, image_id, claim_id, block_id, title, text, bundle_run, who, written_at, taken_in_by,
    taken_in_at
FROM comment_of_before;
DROP TABLE comment_of_before;

CREATE TABLE thread_state (
    dataset_id INTEGER NOT NULL,
    thread VARCHAR NOT NULL,
    edition INTEGER NOT NULL,
    resolved BOOLEAN NOT NULL,
    who VARCHAR NOT NULL,
    changed_at TIMESTAMP NOT NULL,
    PRIMARY KEY (dataset_id, thread, edition)
);

CREATE TABLE comment_look (
    dataset_id INTEGER NOT NULL,
    who VARCHAR NOT NULL,
    looked_at TIMESTAMP NOT NULL
);

CREATE TABLE rubric (
    dataset_id INTEGER NOT NULL,
    edition INTEGER NOT NULL,
    criteria VARCHAR NOT NULL,
    who VARCHAR NOT NULL,
    written_at TIMESTAMP NOT NULL,
    PRIMARY KEY (dataset_id, edition)
);

CREATE TABLE rubric_sheet (
    dataset_id INTEGER NOT NULL,
    reviewer VARCHAR NOT NULL,
    edition INTEGER NOT NULL,
    rubric_edition INTEGER NOT NULL,
    scores VARCHAR NOT NULL,
    state VARCHAR NOT NULL CHECK (state IN ('draft', 'submitted', 'reopened')),
    who VARCHAR NOT NULL,
    written_at TIMESTAMP NOT NULL,
    PRIMARY KEY (dataset_id, reviewer, edition)
);

-- A comment as it is worded now, those that were deleted among them, with when it was first written.
CREATE VIEW current_comment AS
SELECT newest.*, first.written_at AS begun_at
FROM (SELECT * FROM comment QUALIFY row_number() OVER (PARTITION BY dataset_id, id ORDER BY edition DESC) = 1) AS newest
JOIN comment AS first ON first.dataset_id = newest.dataset_id AND first.id = newest.id AND first.edition = 1;

-- A thread in which something stands: whether it is resolved, by whom, and how many comments it has.
CREATE VIEW current_thread AS
SELECT begun.dataset_id, begun.thread, begun.kind, begun.image_id, begun.page, begun.claim_id, begun.block_id,
    begun.version_id, held.n_comments, coalesce(state.resolved, false) AS resolved, coalesce(state.edition, 0) AS edition,
    state.who, state.changed_at
FROM current_comment AS begun
JOIN (
    SELECT dataset_id, thread, count(*) AS n_comments FROM current_comment WHERE NOT forgotten GROUP BY dataset_id, thread
) AS held ON held.dataset_id = begun.dataset_id AND held.thread = begun.thread
LEFT JOIN (
    SELECT * FROM thread_state QUALIFY row_number() OVER (PARTITION BY dataset_id, thread ORDER BY edition DESC) = 1
) AS state ON state.dataset_id = begun.dataset_id AND state.thread = begun.thread
WHERE begun.id = begun.thread;

-- A reviewer's sheet as it is now.
CREATE VIEW current_rubric_sheet AS
SELECT * FROM rubric_sheet
QUALIFY row_number() OVER (PARTITION BY dataset_id, reviewer ORDER BY edition DESC) = 1;
