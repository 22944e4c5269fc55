-- Who may see and change: roles by address, share links with those who came by them, and a log of what was done.

CREATE SEQUENCE role_grant_ids;
CREATE SEQUENCE share_link_ids;
CREATE SEQUENCE audit_ids;

CREATE TABLE role_grant (
    id INTEGER NOT NULL PRIMARY KEY,
    address VARCHAR NOT NULL,
    role VARCHAR NOT NULL CHECK (role IN ('viewer', 'reviewer', 'curator', 'owner')),
    dataset_ids INTEGER[],
    sees_people BOOLEAN NOT NULL,
    who VARCHAR NOT NULL,
    granted_at TIMESTAMP NOT NULL,
    withdrawn_by VARCHAR,
    withdrawn_at TIMESTAMP
);

CREATE TABLE share_link (
    id INTEGER NOT NULL PRIMARY KEY,
    title VARCHAR NOT NULL,
    role VARCHAR NOT NULL CHECK (role IN ('viewer', 'reviewer', 'curator', 'owner')),
    dataset_id INTEGER,
    version_id INTEGER,
    sees_people BOOLEAN NOT NULL,
    secret_hash VARCHAR NOT NULL,
    who VARCHAR NOT NULL,
    made_at TIMESTAMP NOT NULL,
    expires_at TIMESTAMP NOT NULL,
    revoked_by VARCHAR,
    revoked_at TIMESTAMP
);

CREATE TABLE link_guest (
    id VARCHAR NOT NULL PRIMARY KEY,
    link_id INTEGER NOT NULL,
    name VARCHAR NOT NULL,
    came_from VARCHAR NOT NULL,
    entered_at TIMESTAMP NOT NULL
);

CREATE TABLE audit (
    id BIGINT NOT NULL PRIMARY KEY,
    noted_at TIMESTAMP NOT NULL,
    who VARCHAR NOT NULL,
    role VARCHAR NOT NULL,
    how VARCHAR NOT NULL,
    link_id INTEGER,
    came_from VARCHAR NOT NULL,
    act VARCHAR NOT NULL,
    dataset_id INTEGER NOT NULL,
    about VARCHAR NOT NULL
);
