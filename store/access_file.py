"""Roles that stand in a file, which can be kept in a repository: TOML, a table [[person]] for each."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from store.access import GRANTED, checked_address
from store.errors import BadGrant, StoreError

FILE = "access.toml"
_KEYS = {"who", "role", "datasets", "sees_people"}


@dataclass(frozen=True)
class Listed:
    """A person of the file, or all of a domain. datasets: by name, None for all."""

    address: str
    role: str
    datasets: tuple[str, ...] | None
    sees_people: bool


def read_access(path: Path) -> list[Listed]:
    """The people of a file; none where there is no such file. Raises BadGrant, which says what is wrong in it."""
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return []
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BadGrant(f"{path.name} cannot be read: {error}") from error
    people = content.get("person", [])
    if set(content) - {"person"} or not isinstance(people, list):
        raise BadGrant(f"{path.name} holds tables [[person]], and nothing else.")
    return [_listed(path.name, number, person) for number, person in enumerate(people, 1)]


def written(people: list[Listed]) -> str:
    """People as such a file."""
    lines = ["# Who has which role. `who` is an e-mail address, or @domain for everybody of it."]
    for person in people:
        lines += ["", "[[person]]", f"who = {_quoted(person.address)}", f"role = {_quoted(person.role)}"]
        if person.datasets is not None:
            lines.append(f"datasets = [{', '.join(map(_quoted, person.datasets))}]")
        if person.sees_people:
            lines.append("sees_people = true")
    return "\n".join(lines) + "\n"


def _listed(file: str, number: int, person: Any) -> Listed:
    if not isinstance(person, Mapping) or set(person) - _KEYS:
        raise BadGrant(f"{file}, person {number}: a person has {', '.join(sorted(_KEYS))}, and nothing else.")
    datasets, sees_people = person.get("datasets"), person.get("sees_people", False)
    if person.get("role") not in GRANTED:
        raise BadGrant(f"{file}, person {number}: a role is one of {', '.join(GRANTED)}.")
    if datasets is not None and not (isinstance(datasets, list) and all(isinstance(each, str) for each in datasets)):
        raise BadGrant(f"{file}, person {number}: datasets is a list of names.")
    if not isinstance(sees_people, bool):
        raise BadGrant(f"{file}, person {number}: sees_people is true or false.")
    try:
        address = checked_address(str(person.get("who", "")))
    except StoreError as error:
        raise BadGrant(f"{file}, person {number}: {error}") from error
    return Listed(address, person["role"], None if datasets is None else tuple(datasets), sees_people)


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(each if each.isprintable() else f"\\u{ord(each):04x}" for each in escaped) + '"'
