-- out: groups and images of kept images with the same bytes: n_groups, n_images, n_groups_across, n_images_across (more than
-- one split), n_groups_conflicting, n_images_conflicting (more than one label). Unlabelled and split-less images conflict with nothing.
WITH kept AS (
    SELECT image.sha256, image.split,
        CASE WHEN len(current_label.labels) > 0 THEN list_sort(list_distinct(current_label.labels)) ELSE [current_label.label] END AS given
    FROM image JOIN current_label ON current_label.image_id = image.id
WHERE image.dataset_id = $dataset_id AND current_label.dataset_id = $dataset_id AND NOT image.missing AND NOT current_label.removed
),
repeated AS MATERIALIZED (SELECT sha256 FROM kept GROUP BY sha256 HAVING count(*) > 1),
twins AS (
    SELECT count(*) AS n, min(split) <> max(split) AS across,
        min(given) FILTER (given <> [NULL]) <> max(given) FILTER (given <> [NULL]) AS conflicting
    FROM kept WHERE sha256 IN (SELECT sha256 FROM repeated) GROUP BY sha256
)
SELECT count(*) AS n_groups, coalesce(sum(n), 0)::BIGINT AS n_images,
    count(*) FILTER (across) AS n_groups_across, coalesce(sum(n) FILTER (across), 0)::BIGINT AS n_images_across,
    count(*) FILTER (conflicting) AS n_groups_conflicting, coalesce(sum(n) FILTER (conflicting), 0)::BIGINT AS n_images_conflicting
FROM twins
