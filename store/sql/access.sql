-- name: note_deed
-- out: nothing; the log grows, and no statement changes or takes out what stands in it
INSERT INTO audit (id, noted_at, who, role, how, link_id, came_from, act, dataset_id, about)
VALUES (nextval('audit_ids'), $noted_at, $who, $role, $how, $link_id, $came_from, $act, $dataset_id, $about)

-- name: list_audit
-- out: id, noted_at, who, role, how, link, came_from, act, dataset, about of what was done, newest first; of one person
-- and one act where they are not ''; before the row $before, where it is not null
SELECT audit.id, audit.noted_at, audit.who, audit.role, audit.how, link.title AS link, audit.came_from, audit.act,
    dataset.name AS dataset, audit.about
FROM audit
LEFT JOIN share_link AS link ON link.id = audit.link_id
LEFT JOIN dataset ON dataset.id = audit.dataset_id
WHERE ($who = '' OR audit.who = $who) AND ($act = '' OR audit.act = $act) AND ($before IS NULL OR audit.id < $before)
ORDER BY audit.id DESC LIMIT $n_rows

-- name: audit_people
-- out: who, n (of deeds), the busiest first
SELECT who, count(*) AS n FROM audit GROUP BY who ORDER BY n DESC, who LIMIT 200

-- name: insert_grant
-- out: id
INSERT INTO role_grant (id, address, role, dataset_ids, sees_people, who, granted_at)
VALUES (nextval('role_grant_ids'), $address, $role, $dataset_ids, $sees_people, $who, $granted_at) RETURNING id

-- name: withdraw_grants
-- out: id of each role that stood for $address, or of the one that is $id, and does no more
UPDATE role_grant SET withdrawn_by = $who, withdrawn_at = $withdrawn_at
WHERE withdrawn_at IS NULL AND (address = $address OR id = $id) RETURNING id

-- name: list_grants
-- out: id, address, role, dataset_ids, sees_people, who, granted_at, withdrawn_by, withdrawn_at, those that stand first
SELECT id, address, role, dataset_ids, sees_people, who, granted_at, withdrawn_by, withdrawn_at
FROM role_grant ORDER BY withdrawn_at IS NOT NULL, address, id DESC

-- name: insert_link
-- out: id
INSERT INTO share_link (id, title, role, dataset_id, version_id, sees_people, secret_hash, who, made_at, expires_at)
VALUES (nextval('share_link_ids'), $title, $role, $dataset_id, $version_id, $sees_people, $secret_hash, $who, $made_at,
    $expires_at) RETURNING id

-- name: revoke_link
-- out: id of the link, where it was not revoked before
UPDATE share_link SET revoked_by = $who, revoked_at = $revoked_at WHERE id = $id AND revoked_at IS NULL RETURNING id

-- name: list_links
-- out: id, title, role, dataset_id, version_id, sees_people, secret_hash, who, made_at, expires_at, revoked_by, revoked_at,
-- n_guests of every share link, newest first
SELECT link.id, link.title, link.role, link.dataset_id, link.version_id, link.sees_people, link.secret_hash, link.who,
    link.made_at, link.expires_at, link.revoked_by, link.revoked_at,
    (SELECT count(*) FROM link_guest WHERE link_guest.link_id = link.id) AS n_guests
FROM share_link AS link ORDER BY link.id DESC

-- name: insert_guest
-- out: nothing
INSERT INTO link_guest (id, link_id, name, came_from, entered_at) VALUES ($id, $link_id, $name, $came_from, $entered_at)

-- name: list_guests
-- out: id, link_id, name, came_from, entered_at of who came by share links, newest first
SELECT id, link_id, name, came_from, entered_at FROM link_guest ORDER BY entered_at DESC, id

-- name: name_is_taken
-- out: whether somebody here is called $name: under it something was written, or somebody else has come in
SELECT EXISTS (FROM link_guest WHERE lower(name) = lower($name))
    OR EXISTS (FROM audit WHERE lower(who) = lower($name))
    OR EXISTS (FROM role_grant WHERE lower(address) = lower($name))
    OR EXISTS (FROM comment WHERE lower(who) = lower($name))
    OR EXISTS (FROM rubric_sheet WHERE lower(reviewer) = lower($name))
    OR EXISTS (FROM spot_check_answer WHERE lower(reviewer) = lower($name))
    OR EXISTS (FROM decision WHERE lower(who) = lower($name))
