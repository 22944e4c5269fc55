-- out: image_id, group_path (path of the group's first image), n_twins of kept images whose bytes occur more than once; only groups
-- with more than one split where $across, only groups with more than one label where $conflicting
WITH repeated AS MATERIALIZED (
    SELECT hash(sha256) AS place FROM image WHERE dataset_id = $dataset_id AND NOT missing GROUP BY place HAVING count(*) > 1
),
kept AS (
    SELECT image.id, image.path, image.sha256, image.split, image.label, image.labels
    FROM current_image AS image
    WHERE image.dataset_id = $dataset_id AND NOT image.missing AND NOT image.removed
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
