-- out: name, share of each attribute's newest run that has an answer for an image, by name
SELECT json_extract_string(run.parameters, '$.name') AS name, arg_max(answer.share, run.id) AS share
FROM attribute_value AS answer JOIN run ON run.id = answer.run_id
WHERE answer.image_id = $image_id AND run.complete
GROUP BY ALL
ORDER BY name
