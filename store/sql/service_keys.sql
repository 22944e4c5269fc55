-- name: insert_service_key
-- out: id of the new key
INSERT INTO service_key (name, sha256, dataset_ids, made_by, made_at, expires_at)
VALUES ($name, $sha256, $dataset_ids, $made_by, $made_at, $expires_at)
RETURNING id

-- name: service_keys
-- out: id, name, sha256, datasets (names; null: all), made_by, made_at, expires_at, revoked_at, revoked_by, last_used_at of every
-- key, newest first; a dataset that is gone has no name and is left out
SELECT id, name, sha256,
    CASE WHEN dataset_ids IS NULL THEN NULL ELSE coalesce(
        (SELECT list(dataset.name ORDER BY dataset.name) FROM dataset
            WHERE list_contains(service_key.dataset_ids, dataset.id)),
        []
    ) END AS datasets,
    made_by, made_at, expires_at, revoked_at, revoked_by, last_used_at
FROM service_key ORDER BY id DESC

-- name: revoke_service_key
-- out: id of the key that was revoked; no row where there is none, or it was revoked before
UPDATE service_key SET revoked_at = $now, revoked_by = $who WHERE id = $id AND revoked_at IS NULL RETURNING id

-- name: use_service_key
-- out: nothing
UPDATE service_key SET last_used_at = $now WHERE id = $id
