-- out: groups and images of kept images with the same bytes: n_groups, n_images, n_groups_across, n_images_across (more than
-- one split), n_groups_conflicting, n_images_conflicting (more than one label). Unlabelled and split-less images conflict with nothing.
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
    SELECT count(*) AS n, min(split) <> max(split) AS across, min(given) <> max(given) AS conflicting
    FROM labelled GROUP BY sha256 HAVING count(*) > 1
)
SELECT count(*) AS n_groups, coalesce(sum(n), 0)::BIGINT AS n_images,
    count(*) FILTER (across) AS n_groups_across, coalesce(sum(n) FILTER (across), 0)::BIGINT AS n_images_across,
    count(*) FILTER (conflicting) AS n_groups_conflicting, coalesce(sum(n) FILTER (conflicting), 0)::BIGINT AS n_images_conflicting
FROM twins
