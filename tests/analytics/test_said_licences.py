"""Licences as people and sources write them, read as codes; what is not said is unknown, never free."""

import pytest

from analytics.said_licences import read_said


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("CC BY 4.0", "CC-BY-4.0"),
        ("cc-by-sa-3.0", "CC-BY-SA-3.0"),
        ("CC-BY 2.0", "CC-BY-2.0"),
        ("by-nc-nd 2.0", "CC-BY-NC-ND-2.0"),
        ("https://creativecommons.org/licenses/by-nc/2.0/", "CC-BY-NC-2.0"),
        ("http://creativecommons.org/licenses/by/3.0/deed.de", "CC-BY-3.0"),
        ("Creative Commons Attribution-NonCommercial", "CC-BY-NC"),
        ("CC BY-SA", "CC-BY-SA"),
        ("CC0", "CC0-1.0"),
        ("cc0 1.0", "CC0-1.0"),
        ("https://creativecommons.org/publicdomain/zero/1.0/", "CC0-1.0"),
        ("https://creativecommons.org/publicdomain/mark/1.0/", "PDM-1.0"),
        ("Public Domain", "PD"),
        ("All rights reserved", "ARR"),
        ("MIT License", "MIT"),
        ("Apache 2.0", "Apache-2.0"),
        ("my uncle said yes", "my uncle said yes"),
    ],
)
def test_a_licence_is_read_as_its_code(text: str, code: str) -> None:
    assert read_said(text).code == code


@pytest.mark.parametrize("text", [None, "", " ", "unknown", "N/A", "none", "?"])
def test_what_says_nothing_is_unknown_and_allows_nothing_by_that(text: str | None) -> None:
    read = read_said(text)
    assert (read.code, read.is_read, read.url) == ("", False, "")
    assert read.asks_for_credit


@pytest.mark.parametrize(
    ("text", "commercial", "changes"),
    [
        ("CC BY-NC 4.0", True, False),
        ("CC BY-ND 4.0", False, True),
        ("CC BY-NC-ND 4.0", True, True),
        ("CC BY-SA 4.0", False, False),
        ("CC0", False, False),
        ("all rights reserved", True, True),
        ("Brand-ND special NC", False, False),  # no licence that is known here: nothing is claimed of it
    ],
)
def test_what_a_licence_forbids(text: str, commercial: bool, changes: bool) -> None:
    read = read_said(text)
    assert (read.forbids_commercial, read.forbids_changes) == (commercial, changes)


def test_a_version_that_stands_apart_is_taken_where_the_text_has_none() -> None:
    assert read_said("CC-BY", version="4.0").code == "CC-BY-4.0"
    assert read_said("CC-BY 2.0", version="4.0").code == "CC-BY-2.0"
    assert read_said("CC-BY-SA", version="4.0").url == "https://creativecommons.org/licenses/by-sa/4.0/"


def test_a_code_reads_as_itself() -> None:
    for text in ("CC-BY-NC-SA-4.0", "CC0-1.0", "PDM-1.0", "ARR", "PD", "MIT"):
        assert read_said(read_said(text).code) == read_said(text)
