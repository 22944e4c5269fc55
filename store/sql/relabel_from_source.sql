-- out: id of each known image whose given label, split or source changed in the source
UPDATE image SET label = incoming.label, labels = incoming.labels, split = incoming.split,
    source_url = incoming.source_url, licence = incoming.licence
FROM incoming
WHERE image.dataset_id = $dataset_id AND image.path = incoming.path
    AND (image.label IS DISTINCT FROM incoming.label OR image.labels IS DISTINCT FROM incoming.labels
        OR image.split IS DISTINCT FROM incoming.split OR image.source_url IS DISTINCT FROM incoming.source_url
        OR image.licence IS DISTINCT FROM incoming.licence)
RETURNING image.id
