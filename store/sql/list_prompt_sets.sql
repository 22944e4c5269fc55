-- out: id, name, prompts (JSON), templates, temperature, note, who, created_at of the dataset's sets of prompts, newest first
SELECT id, name, prompts, templates, temperature, note, who, created_at
FROM prompt_set WHERE dataset_id = $dataset_id
ORDER BY id DESC
