"""docs/licences.md: the licence of everything that an installation brings. `python -m docs.licences` writes it."""

import importlib.metadata
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from packaging.requirements import Requirement

PROJECT = Path(__file__).parents[1]
DOCUMENT = PROJECT / "docs" / "licences.md"
NOT_SAID = "not said"
LONGEST = 120  # a longer text in the field is the licence itself, not its name
COPYLEFT = re.compile(r"(?<!L)GPL|(?<!Lesser )General Public License", re.IGNORECASE)
_CLASSIFIER = "License :: "
HEAD = """# Licences

Vitrine is under the Apache License 2.0 ([LICENSE](../LICENSE)). What it needs is installed beside it, each package
under its own licence. This page is written from the packages' own metadata by `make docs` (`docs/licences.py`), and a
test compares it with what is installed. It is no legal advice.

## What kmedoids' GPL means

[kmedoids](https://github.com/kno10/python-kmedoids) (FasterPAM, for the page "Representatives" and for subsets) is
under the GPL, version 3 or later, which asks more of whoever passes it on than the others do.

- **Who uses Vitrine**, at home, in a company or as a service for others to look at, need do nothing: the GPL asks
  nothing of use.
- **Who passes on Vitrine's own code**, without its packages (this repository, its wheel), does so under the Apache
  License alone: pip fetches kmedoids from its makers. The Apache License 2.0 may be combined with the GPL 3.
- **Who passes on both in one piece** (an image of a container, an installer, a disk with the environment on it)
  passes on what is commonly read as one work under the GPL 3: with its text, with the source of all of it, or an
  offer of the source, and with no further restriction on whoever receives it.
- **Who wants none of that** leaves kmedoids out: `analytics/medoids.py` is the one module that imports it, and the
  representatives, the data budget and the choice of a validation set are what stops working.

NVIDIA's packages, which PyTorch brings on Linux, are proprietary: their own terms say how they may be used and passed
on. Who passes on everything in one piece has those terms and the GPL to reconcile.
"""
OUR_OWN = """
## What Vitrine asks for

As pinned in requirements.txt.

| package | version | licence |
|---|---|---|
"""
BROUGHT = """
## What these bring

As installed on Linux when this page was written; other systems and later versions bring others.

| package | licence |
|---|---|
"""


@dataclass(frozen=True)
class Package:
    """An installed package. licence: its name as the metadata says it, or the first line of its licence file."""

    name: str
    version: str
    licence: str


def asked_for() -> list[Package]:
    """The packages of requirements.txt, as installed, by name."""
    lines = (PROJECT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    names = (line.partition("==")[0] for line in lines if line and not line.startswith("#"))
    return sorted(map(installed, names), key=lambda package: package.name)


def brought() -> list[Package]:
    """The packages that those bring, and what these bring in turn, as installed here, by name."""
    direct = {normal(package.name) for package in asked_for()}
    seen: set[str] = set()
    waiting = sorted(direct)
    while waiting:
        name = waiting.pop()
        if name not in seen:
            seen.add(name)
            waiting += required(name)
    found = (name for name in sorted(seen - direct) if is_installed(name))
    return [installed(name) for name in found]


def installed(name: str) -> Package:
    """What is installed under a name; raises PackageNotFoundError."""
    found = importlib.metadata.distribution(name)
    return Package(normal(found.name), found.version, licence_of(found))


def licence_of(found: importlib.metadata.Distribution) -> str:
    """The name of a package's licence: its SPDX expression, else its field, classifier or licence file."""
    about = found.metadata
    field = str(about.json.get("license") or "").strip()
    named = [text.rpartition(" :: ")[2] for text in about.get_all("Classifier") or [] if text.startswith(_CLASSIFIER)]
    candidates = [
        str(about.json.get("license_expression") or ""),
        field if len(field) <= LONGEST and field != "UNKNOWN" else "",
        *named,
    ]
    said = (text for text in candidates if text and text != "OSI Approved")
    return " ".join(next(said, "").split()) or _first_line(found)


def document() -> str:
    """The page."""
    ours = "".join(f"| {package.name} | {package.version} | {_cell(package.licence)} |\n" for package in asked_for())
    theirs = "".join(f"| {package.name} | {_cell(package.licence)} |\n" for package in brought())
    return f"{HEAD}{OUR_OWN}{ours}{BROUGHT}{theirs}"


def required(name: str) -> list[str]:
    """The names of what a package brings on this system, without extras."""
    if not is_installed(name):
        return []
    wanted: Iterable[Requirement] = map(Requirement, importlib.metadata.requires(name) or [])
    return [normal(each.name) for each in wanted if each.marker is None or each.marker.evaluate({"extra": ""})]


def is_installed(name: str) -> bool:
    """Whether a package is there."""
    try:
        importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return False
    return True


def normal(name: str) -> str:
    """A package's name as registries compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def main() -> None:
    """Write the page where it differs."""
    text = document()
    if not DOCUMENT.exists() or DOCUMENT.read_text(encoding="utf-8") != text:
        DOCUMENT.write_text(text, encoding="utf-8")
        print("docs/licences.md written", file=sys.stderr)


def _first_line(found: importlib.metadata.Distribution) -> str:
    """The heading of a package's licence file; NOT_SAID where there is none."""
    for path in _licence_files(found):
        lines = (line.strip() for line in Path(str(found.locate_file(path))).read_text(errors="replace").splitlines())
        heading = next((line for line in lines if line), "")
        if heading and len(heading) <= LONGEST:
            return f"{heading} (its licence file)"
    return NOT_SAID


def _licence_files(found: importlib.metadata.Distribution) -> Iterator[importlib.metadata.PackagePath]:
    for path in found.files or []:
        if ".dist-info" in path.parts[0] and path.name.upper().startswith(("LICEN", "COPYING")):
            yield path


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


if __name__ == "__main__":
    main()
