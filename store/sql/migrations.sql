-- name: create_migration_table
-- out: nothing
CREATE TABLE IF NOT EXISTS migration (number INTEGER PRIMARY KEY, name VARCHAR NOT NULL, applied_at TIMESTAMP NOT NULL)

-- name: applied_migrations
-- out: number
SELECT number FROM migration ORDER BY number

-- name: insert_migration
-- out: nothing; in: number, name, applied_at
INSERT INTO migration (number, name, applied_at) VALUES (?, ?, ?)
