"""What pip is told of the project: the ranges of what it needs lie around the pins that were tested."""

import re
import tomllib

from packaging.requirements import Requirement

from jobs.engine.version import VERSION
from tests.support.places import PROJECT

ABOUT = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def normal(name: str) -> str:
    """A package's name as registries compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def pins() -> dict[str, str]:
    """The pins of requirements.txt: name -> version."""
    lines = (PROJECT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    pairs = (line.split("==") for line in lines if line and not line.startswith("#"))
    return {normal(name): version for name, version in pairs}


def test_what_is_pinned_is_what_an_installation_brings() -> None:
    brought = {normal(Requirement(text).name) for text in ABOUT["dependencies"]}
    assert brought == pins().keys(), "pyproject.toml and requirements.txt name other packages"


def test_every_pin_lies_in_its_range_and_every_range_ends() -> None:
    for text in ABOUT["dependencies"]:
        wanted = Requirement(text)
        pin = pins()[normal(wanted.name)]
        assert wanted.specifier.contains(pin), f"{text} leaves out {pin}, which is what was tested"
        assert {clause.operator for clause in wanted.specifier} == {">=", "<"}, f"{text} has to begin and to end"


def test_the_version_is_that_of_the_code() -> None:
    assert ABOUT["version"] == VERSION
