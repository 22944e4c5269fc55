"""The table of bounds in docs/security.md: every row names a test that is there."""

import re

import pytest

from tests.support.places import PROJECT

TEXT = (PROJECT / "docs" / "security.md").read_text(encoding="utf-8")
TABLE = TEXT.partition("## Bounds\n")[2].partition("\n## ")[0]
ROWS = [[cell.strip() for cell in line.strip("|").split("|")] for line in TABLE.splitlines() if line.startswith("|")][
    2:
]


def test_the_table_is_there() -> None:
    assert len(ROWS) > 30 and all(len(row) == 5 for row in ROWS)


@pytest.mark.parametrize("row", ROWS, ids=[row[0][:50] for row in ROWS])
def test_every_entry_has_bounds_and_a_test_that_is_there(row) -> None:
    entry, time, memory, disk, held = row
    assert entry and time and memory and disk
    named = re.findall(r"`(tests/[\w/]+\.py)(?:::(\w+))?`", held)
    assert named, f"{entry} names no test"
    for file, test in named:
        source = (PROJECT / file).read_text(encoding="utf-8")
        assert not test or f"def {test}(" in source, f"{file} has no {test}"
