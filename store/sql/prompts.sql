-- name: list_prompt_sets
-- out: id, name, prompts (JSON), templates, temperature, note, who, created_at of the dataset's sets of prompts,
-- newest first
SELECT id, name, prompts, templates, temperature, note, who, created_at
FROM prompt_set WHERE dataset_id = $dataset_id
ORDER BY id DESC

-- name: insert_prompt_set
-- out: id
INSERT INTO prompt_set (id, dataset_id, name, prompts, templates, temperature, note, who, created_at)
VALUES (nextval('prompt_set_ids'), $dataset_id, $name, $prompts, $templates, $temperature, $note, $who, $created_at)
RETURNING id
