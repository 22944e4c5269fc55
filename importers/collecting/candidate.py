"""A picture that a source names, before anything of it was fetched."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Candidate:
    """What a source says of a picture.

    query: what was asked. rank: its place in the source's answer, from 1. file_url: the picture itself; page_url: the
    page that shows it. licence: SPDX-like code without the version (importers/collecting/licences.py); None: unknown,
    which is never "free". width, height: pixels, as the source says. raw: what the source said, as it came.
    """

    source: str
    query: str
    rank: int
    file_url: str
    class_name: str | None = None
    page_url: str | None = None
    title: str | None = None
    author: str | None = None
    licence: str | None = None
    licence_version: str | None = None
    licence_url: str | None = None
    attribution: str | None = None
    width: int | None = None
    height: int | None = None
    raw: Mapping[str, Any] = field(default_factory=dict)
