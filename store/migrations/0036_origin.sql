-- Where a picture is from, and what was taken down: it counts no more, whatever was decided and in whichever version.

-- The images that each takedown which stands is about; kept up by store/takedown.py, so that nothing has to look for them.
CREATE TABLE taken_down_image (
    image_id BIGINT NOT NULL,
    dataset_id INTEGER NOT NULL,
    takedown_id INTEGER NOT NULL
);

-- The host of an address in lower case, without www.; and what is the same in two addresses of one page.
CREATE MACRO host_of(url) AS
regexp_replace(lower(regexp_extract(url, '^[A-Za-z][A-Za-z0-9+.-]*://(?:[^/?#@]*@)?([^/:?#]+)', 1)), '^www\.', '');

CREATE MACRO address_key(url) AS
host_of(url) || rtrim(regexp_extract(url, '^[A-Za-z][A-Za-z0-9+.-]*://[^/?#]*([^#]*)', 1), '/');

-- What a text says of a licence; null where it says nothing.
CREATE MACRO said_licence(said) AS
CASE WHEN lower(trim(said)) IN ('', 'unknown', 'not known', 'not recorded', 'n/a', 'na', 'none', 'null', '?', '-') THEN NULL
    ELSE trim(said) END;

-- The row of `collected` by which an image came in, as long as its file holds the bytes that were fetched.
CREATE VIEW picture_origin AS
SELECT image.id AS image_id, image.dataset_id, image.sha256, collected.run_id, collected.n, collected.source, collected.query, collected.rank,
    collected.page_url, collected.file_url, collected.title, collected.author, collected.licence, collected.licence_version,
    collected.licence_url, collected.attribution, collected.fetched_at
FROM collected JOIN image ON image.dataset_id = collected.dataset_id AND image.path = collected.path
WHERE collected.outcome = 'kept' AND (collected.sha256 IS NULL OR collected.sha256 = image.sha256)
QUALIFY row_number() OVER (PARTITION BY image.id ORDER BY collected.run_id DESC, collected.n DESC) = 1;

-- The licence that is said of each image: its own (of a table, or as its source gave it), else its dataset's; "" for unknown.
CREATE VIEW image_licence AS
SELECT image.id AS image_id, image.dataset_id,
    coalesce(said_licence(image.licence), said_licence(origin.licence || coalesce('-' || origin.licence_version, '')), said_licence(dataset.licence), '')
        AS licence,
    CASE
        WHEN coalesce(said_licence(image.licence), said_licence(origin.licence || coalesce('-' || origin.licence_version, ''))) IS NOT NULL THEN 'own'
        WHEN said_licence(dataset.licence) IS NOT NULL THEN 'dataset'
        ELSE 'unknown'
    END AS whose
FROM image
JOIN dataset ON dataset.id = image.dataset_id
LEFT JOIN picture_origin AS origin ON origin.image_id = image.id;

-- As before; an image that was taken down is removed, and its file may be gone without being missed.
CREATE OR REPLACE VIEW current_image AS
WITH decided AS (
    SELECT
        image_id,
        arg_max(label_after, id) FILTER (act = 'relabel') AS label,
        arg_max(labels_after, id) FILTER (act = 'relabel') AS labels,
        bool_or(act = 'relabel') AS relabelled,
        coalesce(arg_max(act, id) FILTER (act IN ('remove', 'restore')) = 'remove', false) AS removed
    FROM standing_decision
    GROUP BY image_id
)
SELECT
    image.* REPLACE (
        CASE WHEN decided.relabelled THEN decided.label ELSE image.label END AS label,
        CASE WHEN decided.relabelled THEN decided.labels ELSE image.labels END AS labels,
        (image.missing AND taken.image_id IS NULL) AS missing
    ),
    image.label AS given_label,
    image.labels AS given_labels,
    coalesce(decided.relabelled, false) AS relabelled,
    coalesce(decided.removed, false) OR taken.image_id IS NOT NULL AS removed
FROM image
LEFT JOIN decided ON decided.image_id = image.id
LEFT JOIN (SELECT DISTINCT image_id FROM taken_down_image) AS taken ON taken.image_id = image.id;

CREATE OR REPLACE VIEW kept_image AS
SELECT * EXCLUDE (missing, removed) FROM current_image WHERE NOT missing AND NOT removed;
