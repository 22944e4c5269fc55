-- What a result read, and when each of it last changed: a result is stale when something that it read has changed.

CREATE TABLE subject_change (
    dataset_id INTEGER NOT NULL,
    subject VARCHAR NOT NULL,
    space VARCHAR NOT NULL DEFAULT '',
    value BIGINT NOT NULL,
    PRIMARY KEY (dataset_id, subject, space)
);

-- Until now there was one count for all of it: what was stale by it stays so, and cannot say of what.
INSERT INTO subject_change (dataset_id, subject, value)
SELECT dataset_id, 'data', data_value FROM generation WHERE dataset_id <> 0 AND data_value > 0;

ALTER TABLE run ADD COLUMN reads VARCHAR[];

UPDATE run SET reads = CASE
    WHEN kind IN ('neighbours', 'duplicates', 'medoids', 'projection', 'attributes') THEN ['pictures', 'vectors', 'removals']
    WHEN kind = 'detect' THEN ['pictures', 'removals']
    WHEN kind = 'saliency' THEN ['pictures']
    WHEN kind = 'zero-shot' THEN ['pictures', 'vectors', 'labels', 'names', 'removals']
    WHEN kind IN ('label-issues', 'planted-labels') THEN ['pictures', 'vectors', 'labels', 'names', 'removals']
    WHEN kind = 'validation' THEN ['pictures', 'vectors', 'labels', 'removals']
    WHEN kind IN ('train', 'data-budget') THEN ['pictures', 'vectors', 'labels', 'splits', 'removals']
END;

-- What of that which a run read has changed since; of vectors, those of its own space. A run that does not say what it
-- read, read pictures, labels and decisions.
CREATE VIEW run_change AS
SELECT DISTINCT run.id AS run_id, change.subject
FROM run JOIN subject_change AS change ON change.dataset_id = run.dataset_id AND change.value > run.input_generation
WHERE (change.subject = 'data' OR list_contains(run.reads, change.subject))
    AND (change.space = '' OR change.space = run.model OR change.space = json_extract_string(run.parameters, '$.space'))
    AND coalesce(len(run.reads), 1) > 0
UNION
SELECT run.id, 'data'
FROM run JOIN generation ON generation.dataset_id = run.dataset_id
WHERE run.reads IS NULL AND run.input_generation < generation.data_value;
