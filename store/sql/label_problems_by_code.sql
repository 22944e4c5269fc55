-- out: code, n, example (one reason); most frequent first
SELECT code, count(*) AS n, min(reason) AS example
FROM label_problem WHERE dataset_id = $dataset_id
GROUP BY code ORDER BY n DESC, code
