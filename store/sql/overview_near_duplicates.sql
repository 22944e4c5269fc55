-- out: n_groups, n_images, n_groups_across, n_images_across, n_groups_conflicting, n_images_conflicting of kept images in the groups of
-- the newest comparison that are not all the same file
WITH newest AS (
    SELECT max(id) AS run_id FROM run WHERE dataset_id = $dataset_id AND kind = 'duplicates' AND complete
),
members AS (
    SELECT duplicate_group.group_number, image.sha256, image.split,
        CASE WHEN len(image.labels) > 0 THEN list_sort(list_distinct(image.labels))
            WHEN image.label IS NOT NULL THEN [image.label] END AS given
    FROM duplicate_group JOIN newest ON duplicate_group.run_id = newest.run_id
    JOIN current_image AS image ON image.id = duplicate_group.image_id
    WHERE NOT image.missing AND NOT image.removed
),
groups AS (
    SELECT count(*) AS n, min(split) <> max(split) AS across, min(given) <> max(given) AS conflicting
    FROM members GROUP BY group_number HAVING count(DISTINCT sha256) > 1
)
SELECT count(*) AS n_groups, coalesce(sum(n), 0)::BIGINT AS n_images,
    count(*) FILTER (across) AS n_groups_across, coalesce(sum(n) FILTER (across), 0)::BIGINT AS n_images_across,
    count(*) FILTER (conflicting) AS n_groups_conflicting, coalesce(sum(n) FILTER (conflicting), 0)::BIGINT AS n_images_conflicting
FROM groups
