-- out: class_index, n_before, n_after, n_added, n_removed, n_gained, n_lost (by relabelling) of each class of two versions
WITH pairs AS (FROM version_pairs($dataset_id, $before, $after)),
gone AS (SELECT kind, unnest(held_before) AS class_index FROM pairs),
come AS (SELECT kind, unnest(held_after) AS class_index FROM pairs),
turned AS (
    SELECT unnest(list_filter(held_after, lambda one: NOT list_contains(held_before, one))) AS gained, NULL AS lost
    FROM pairs WHERE kind = 'relabelled'
    UNION ALL
    SELECT NULL, unnest(list_filter(held_before, lambda one: NOT list_contains(held_after, one)))
    FROM pairs WHERE kind = 'relabelled'
),
told AS (
    SELECT class_index, 1 AS n_before, 0 AS n_after, 0 AS n_added, (kind = 'removed')::INTEGER AS n_removed, 0 AS n_gained,
        0 AS n_lost FROM gone
    UNION ALL
    SELECT class_index, 0, 1, (kind = 'added')::INTEGER, 0, 0, 0 FROM come
    UNION ALL
    SELECT coalesce(gained, lost), 0, 0, 0, 0, (gained IS NOT NULL)::INTEGER, (lost IS NOT NULL)::INTEGER FROM turned
)
SELECT class_index, sum(n_before)::BIGINT AS n_before, sum(n_after)::BIGINT AS n_after,
    coalesce(sum(n_added), 0)::BIGINT AS n_added, coalesce(sum(n_removed), 0)::BIGINT AS n_removed,
    sum(n_gained)::BIGINT AS n_gained, sum(n_lost)::BIGINT AS n_lost
FROM told GROUP BY class_index ORDER BY class_index
