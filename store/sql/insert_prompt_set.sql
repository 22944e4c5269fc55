-- out: id
INSERT INTO prompt_set (id, dataset_id, name, prompts, templates, temperature, note, who, created_at)
VALUES (nextval('prompt_set_ids'), $dataset_id, $name, $prompts, $templates, $temperature, $note, $who, $created_at)
RETURNING id
