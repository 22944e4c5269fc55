"""CHANGELOG.md keeps its form: versions with dates, the newest first, and a line a change in one of three parts."""

import re

import pytest

from jobs.engine.version import VERSION
from tests.support.places import PROJECT

LOG = (PROJECT / "CHANGELOG.md").read_text(encoding="utf-8")
RELEASE = re.compile(r"^## (\d+\.\d+\.\d+) - (\d{4}-\d\d-\d\d)$", re.MULTILINE)
PARTS = ["Added", "Changed", "Fixed"]


def out_of_form(log: str) -> list[str]:
    """Lines that are no version, no part of one, no change on one line; what stands above "Unreleased" is free."""
    lines = log[log.index("## Unreleased") :].splitlines()
    heading = re.compile(rf"## Unreleased|{RELEASE.pattern.strip('^$')}|### ({'|'.join(PARTS)})")
    return [line for line in lines if line and not heading.fullmatch(line) and not re.fullmatch(r"- \S.*[.)]", line)]


def test_every_line_is_a_change_in_a_part_of_a_version() -> None:
    assert out_of_form(LOG) == []


@pytest.mark.parametrize("line", ["- ", "  and goes on", "### Removed things", "## 0.3", "A word.", "- No full stop"])
def test_a_line_out_of_form_is_seen(line: str) -> None:
    assert out_of_form(f"## Unreleased\n\n### Added\n\n- One.\n{line}\n") == [line]


def test_each_version_has_its_parts_in_order_and_unreleased_waits_with_all() -> None:
    for number, section in enumerate(LOG.split("\n## ")[1:]):
        parts = re.findall(r"^### (\w+)$", section, re.MULTILINE)
        assert parts == [part for part in PARTS if part in parts]
        assert number or parts == PARTS, "Unreleased"


def test_versions_fall_and_the_newest_is_that_of_the_code() -> None:
    releases = RELEASE.findall(LOG)
    versions = [tuple(map(int, version.split("."))) for version, _ in releases]
    assert versions == sorted(set(versions), reverse=True)
    assert [date for _, date in releases] == sorted((date for _, date in releases), reverse=True)
    assert releases[0][0] == VERSION
