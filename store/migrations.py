"""Bring a workspace's file to this version's schema, one transaction a migration."""

import datetime
import re
from dataclasses import dataclass
from pathlib import Path

import duckdb

from store.errors import WorkspaceTooNew
from store.statements import sql

FOLDER = Path(__file__).parent / "migrations"


@dataclass(frozen=True)
class Migration:
    """One numbered step of the schema; its text is SQL."""

    number: int
    name: str
    text: str


def read_migrations(folder: Path = FOLDER) -> list[Migration]:
    """The migrations in `folder` (files `0001_name.sql`), by number."""
    migrations = []
    for path in sorted(folder.glob("*.sql")):
        match = re.fullmatch(r"(\d{4})_(\w+)", path.stem)
        if match:
            migrations.append(Migration(int(match[1]), match[2], path.read_text(encoding="utf-8")))
    return migrations


def schema_of(connection: duckdb.DuckDBPyConnection) -> int:
    """The number of the newest migration that a file has; 0 for a new one."""
    connection.execute(sql("create_migration_table"))
    return max((number for (number,) in connection.execute(sql("applied_migrations")).fetchall()), default=0)


def missing_migrations(connection: duckdb.DuckDBPyConnection, *, folder: Path = FOLDER) -> list[Migration]:
    """The migrations that a file lacks, by number; raises WorkspaceTooNew for a file of a newer version."""
    newest_there = schema_of(connection)
    applied = {number for (number,) in connection.execute(sql("applied_migrations")).fetchall()}
    migrations = read_migrations(folder)
    newest = max((migration.number for migration in migrations), default=0)
    if newest_there > newest:
        raise WorkspaceTooNew(
            f"This workspace was last opened by a newer Vitrine (schema {newest_there}; this version "
            f"knows up to {newest}). Update Vitrine, or open another workspace with --workspace DIR."
        )
    return [migration for migration in migrations if migration.number not in applied]


def migrate(connection: duckdb.DuckDBPyConnection, *, folder: Path = FOLDER) -> list[Migration]:
    """Apply what is missing and return it; a file of a newer version raises WorkspaceTooNew."""
    missing = missing_migrations(connection, folder=folder)
    for migration in missing:
        _apply(connection, migration)
    return missing


def _apply(connection: duckdb.DuckDBPyConnection, migration: Migration) -> None:
    now = datetime.datetime.now(datetime.UTC).replace(tzinfo=None)
    connection.begin()
    try:
        connection.execute(migration.text)
        connection.execute(sql("insert_migration"), [migration.number, migration.name, now])
        connection.commit()
    except duckdb.Error:
        connection.rollback()
        raise
