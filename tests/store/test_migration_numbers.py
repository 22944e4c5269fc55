"""Each step of the schema has a number of its own: two of one number would leave one of them out."""

from store.migrations import read_migrations


def test_migrations_are_numbered_one_by_one() -> None:
    assert [migration.number for migration in read_migrations()] == list(range(1, len(read_migrations()) + 1))
