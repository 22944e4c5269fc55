-- out: nothing; an image whose file cannot be read any more counts as missing
UPDATE image SET missing = true
WHERE dataset_id = $dataset_id AND path IN (SELECT path FROM incoming WHERE code IS NOT NULL)
