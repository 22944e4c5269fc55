-- out: image_id, group_path (path of the group's first image), n_twins of kept images whose bytes occur more than once; only groups
-- with more than one split where $across, only groups with more than one label where $conflicting
-- Only images that decisions touched are looked up in current_label: at a million images three times faster than joining it whole.
WITH changed AS (
    SELECT image_id, label, labels, relabelled, removed FROM current_label
    WHERE dataset_id = $dataset_id AND (relabelled OR removed)
),
repeated AS MATERIALIZED (
    SELECT hash(sha256) AS place FROM image WHERE dataset_id = $dataset_id AND NOT missing GROUP BY place HAVING count(*) > 1
),
kept AS (
    SELECT image.id, image.path, image.sha256, image.split,
        CASE WHEN changed.relabelled THEN changed.label ELSE image.label END AS label,
        CASE WHEN changed.relabelled THEN changed.labels ELSE image.labels END AS labels
    FROM image LEFT JOIN changed ON changed.image_id = image.id
    WHERE image.dataset_id = $dataset_id AND NOT image.missing AND NOT coalesce(changed.removed, false)
        AND hash(image.sha256) IN (SELECT place FROM repeated)
),
labelled AS (
    SELECT id, path, sha256, split,
        CASE WHEN len(labels) > 0 THEN list_sort(list_distinct(labels)) WHEN label IS NOT NULL THEN [label] END AS given
    FROM kept
),
twins AS (
    SELECT sha256, min(path) AS group_path, count(*) AS n_twins
    FROM labelled GROUP BY sha256
    HAVING count(*) > 1 AND (NOT $across OR min(split) <> max(split)) AND (NOT $conflicting OR min(given) <> max(given))
)
SELECT labelled.id AS image_id, twins.group_path, twins.n_twins FROM labelled JOIN twins USING (sha256)
