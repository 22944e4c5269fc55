-- Reports as lists of blocks, the project sheet, notes on the timeline: every wording stays; and what files were written.

CREATE SEQUENCE report_ids;
CREATE SEQUENCE report_block_ids;
CREATE SEQUENCE timeline_note_ids;

CREATE TABLE report (
    id INTEGER NOT NULL,
    dataset_id INTEGER NOT NULL,
    edition INTEGER NOT NULL,
    title VARCHAR NOT NULL,
    forgotten BOOLEAN NOT NULL DEFAULT false,
    who VARCHAR NOT NULL,
    written_at TIMESTAMP NOT NULL,
    PRIMARY KEY (id, edition)
);

CREATE TABLE report_block (
    id INTEGER NOT NULL,
    report_id INTEGER NOT NULL,
    edition INTEGER NOT NULL,
    place DOUBLE NOT NULL,
    kind VARCHAR NOT NULL,
    title VARCHAR NOT NULL,
    text VARCHAR NOT NULL,
    settings VARCHAR NOT NULL,
    page VARCHAR NOT NULL,
    query VARCHAR NOT NULL,
    hidden BOOLEAN NOT NULL DEFAULT false,
    forgotten BOOLEAN NOT NULL DEFAULT false,
    who VARCHAR NOT NULL,
    written_at TIMESTAMP NOT NULL,
    PRIMARY KEY (id, edition)
);

CREATE TABLE block_drawing (
    block_id INTEGER NOT NULL,
    parts VARCHAR NOT NULL,
    run_ids INTEGER[] NOT NULL,
    last_decision BIGINT NOT NULL,
    drawn_at TIMESTAMP NOT NULL
);

CREATE TABLE report_file (
    run_id INTEGER NOT NULL,
    dataset_id INTEGER NOT NULL,
    report_id INTEGER NOT NULL,
    format VARCHAR NOT NULL,
    path VARCHAR NOT NULL,
    n_bytes BIGINT NOT NULL,
    PRIMARY KEY (run_id)
);

CREATE TABLE project_text (
    dataset_id INTEGER NOT NULL,
    field VARCHAR NOT NULL,
    edition INTEGER NOT NULL,
    text VARCHAR NOT NULL,
    who VARCHAR NOT NULL,
    written_at TIMESTAMP NOT NULL,
    PRIMARY KEY (dataset_id, field, edition)
);

CREATE TABLE timeline_note (
    id INTEGER NOT NULL,
    dataset_id INTEGER NOT NULL,
    edition INTEGER NOT NULL,
    day DATE NOT NULL,
    text VARCHAR NOT NULL,
    forgotten BOOLEAN NOT NULL DEFAULT false,
    who VARCHAR NOT NULL,
    written_at TIMESTAMP NOT NULL,
    PRIMARY KEY (id, edition)
);

-- A report as it is called now, with who began it; those that were forgotten are left out.
CREATE VIEW current_report AS
SELECT newest.id, newest.dataset_id, newest.edition, newest.title, newest.who, newest.written_at,
    first.who AS begun_by, first.written_at AS begun_at
FROM (SELECT * FROM report QUALIFY row_number() OVER (PARTITION BY id ORDER BY edition DESC) = 1) AS newest
JOIN report AS first ON first.id = newest.id AND first.edition = 1
WHERE NOT newest.forgotten;

-- A block as it stands now, hidden ones among them; those that were taken out are left out.
CREATE VIEW current_block AS
SELECT * EXCLUDE (forgotten)
FROM (SELECT * FROM report_block QUALIFY row_number() OVER (PARTITION BY id ORDER BY edition DESC) = 1)
WHERE NOT forgotten;

-- A field of the project sheet as it reads now.
CREATE VIEW current_project_text AS
SELECT * FROM project_text QUALIFY row_number() OVER (PARTITION BY dataset_id, field ORDER BY edition DESC) = 1;

-- A note on the timeline as it reads now.
CREATE VIEW current_timeline_note AS
SELECT * EXCLUDE (forgotten)
FROM (SELECT * FROM timeline_note QUALIFY row_number() OVER (PARTITION BY id ORDER BY edition DESC) = 1)
WHERE NOT forgotten;
