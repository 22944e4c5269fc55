-- out: id of each image whose file is not among `incoming`'s paths any more
UPDATE image SET missing = true
WHERE dataset_id = $dataset_id AND NOT missing AND path NOT IN (SELECT path FROM incoming)
RETURNING id
