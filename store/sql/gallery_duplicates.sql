-- out: image_id, group_path (path of the group's first image), n_twins of kept images whose bytes occur more than once; only groups
-- with more than one split where $across, only groups with more than one label where $conflicting
WITH kept AS (
    SELECT image.id, image.path, image.sha256, image.split,
        CASE WHEN len(current_label.labels) > 0 THEN list_sort(list_distinct(current_label.labels)) ELSE [current_label.label] END AS given
    FROM image JOIN current_label ON current_label.image_id = image.id
WHERE image.dataset_id = $dataset_id AND current_label.dataset_id = $dataset_id AND NOT image.missing AND NOT current_label.removed
),
repeated AS MATERIALIZED (SELECT sha256 FROM kept GROUP BY sha256 HAVING count(*) > 1),
twins AS (
    SELECT sha256, min(path) AS group_path, count(*) AS n_twins
    FROM kept WHERE sha256 IN (SELECT sha256 FROM repeated) GROUP BY sha256
    HAVING (NOT $across OR min(split) <> max(split))
        AND (NOT $conflicting OR min(given) FILTER (given <> [NULL]) <> max(given) FILTER (given <> [NULL]))
)
SELECT kept.id AS image_id, twins.group_path, twins.n_twins FROM kept JOIN twins USING (sha256)
