-- name: query_pairs
-- out: query, class_name, other_query, other_class, n: duplicates of run $run_id of what another query of its dataset keeps,
-- the most first
SELECT found.query, found.class AS class_name, kept.query AS other_query, kept.class AS other_class,
    count(*) AS n
FROM collected AS found
JOIN (
    SELECT dataset_id, path, query, class FROM collected WHERE outcome = 'kept'
    QUALIFY row_number() OVER (PARTITION BY dataset_id, path ORDER BY run_id DESC, n DESC) = 1
) AS kept ON kept.dataset_id = found.dataset_id AND kept.path = found.duplicate_of
WHERE found.run_id = $run_id AND found.outcome = 'duplicate'
    AND (kept.query <> found.query OR kept.class IS DISTINCT FROM found.class)
GROUP BY found.query, found.class, kept.query, kept.class
ORDER BY n DESC, found.query, kept.query
LIMIT $most
