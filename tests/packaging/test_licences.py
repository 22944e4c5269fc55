"""The licences of what an installation brings: the page says what is installed, and hides no GPL."""

import importlib.metadata

import pytest

from docs import licences
from tests.support.places import PROJECT

PAGE = (PROJECT / "docs" / "licences.md").read_text(encoding="utf-8")


def rows(heading: str) -> dict[str, list[str]]:
    """The rows of a table of the page, by package."""
    table = PAGE.split(f"## {heading}")[1].split("\n## ")[0]
    cells = [[cell.strip() for cell in line.strip("|").split(" | ")] for line in table.splitlines() if line[:2] == "| "]
    return {name: rest for name, *rest in cells if name != "package"}


def test_the_page_says_what_is_installed_of_what_we_ask_for() -> None:
    seen = {package.name: [package.version, package.licence] for package in licences.asked_for()}
    assert rows("What Vitrine asks for") == seen, "make docs"


def test_no_licence_of_what_we_ask_for_is_unknown() -> None:
    assert not [package for package in licences.asked_for() if package.licence == licences.NOT_SAID]


def test_every_package_whose_licence_spreads_is_explained() -> None:
    spreading = {
        each.name for each in (*licences.asked_for(), *licences.brought()) if licences.COPYLEFT.search(each.licence)
    }
    assert spreading == {"kmedoids"}
    assert PAGE.startswith(licences.HEAD) and "## What kmedoids' GPL means" in PAGE


@pytest.mark.parametrize(
    ("licence", "spreads"),
    [
        ("GPL-3.0-or-later", True),
        ("AGPL-3.0", True),
        ("GNU General Public License v3 (GPLv3)", True),
        ("LGPL-2.1", False),
        ("GNU Lesser General Public License", False),
        ("MPL-2.0", False),
        ("Apache-2.0", False),
    ],
)
def test_licences_that_spread_are_told_from_others(licence: str, spreads: bool) -> None:
    assert bool(licences.COPYLEFT.search(licence)) is spreads


class Told(importlib.metadata.Distribution):
    """A package with the metadata that a test gives it, and a licence file."""

    def __init__(self, folder, text: str):
        self._folder = folder
        (folder / "it-1.dist-info").mkdir()
        (folder / "it-1.dist-info" / "METADATA").write_text(f"Metadata-Version: 2.1\nName: it\nVersion: 1\n{text}")
        (folder / "it-1.dist-info" / "LICENSE").write_text("\n   The Licence of It\n\nDo as you like.")
        (folder / "it-1.dist-info" / "RECORD").write_text("it-1.dist-info/LICENSE,,\nit-1.dist-info/METADATA,,\n")

    def read_text(self, filename: str) -> str | None:
        path = self._folder / "it-1.dist-info" / filename
        return path.read_text() if path.is_file() else None

    def locate_file(self, path):
        return self._folder / path


@pytest.mark.parametrize(
    ("text", "licence"),
    [
        ("License-Expression: MIT\nLicense: something else\n", "MIT"),
        ("License: BSD\nClassifier: License :: OSI Approved :: MIT License\n", "BSD"),
        ("License: UNKNOWN\nClassifier: License :: OSI Approved :: MIT License\n", "MIT License"),
        (
            f"License: {'all of the text ' * 20}\nClassifier: License :: OSI Approved\n",
            "The Licence of It (its licence file)",
        ),
        ("", "The Licence of It (its licence file)"),
    ],
)
def test_a_licence_is_the_shortest_true_name_that_the_metadata_has(tmp_path, text: str, licence: str) -> None:
    assert licences.licence_of(Told(tmp_path, text)) == licence
