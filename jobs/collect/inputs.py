"""What the worker must know of the workspace, left in the job's folder: what is there, and what was taken down."""

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pyarrow as pa
import pyarrow.parquet as pq

from importers.collecting.candidate import Candidate
from importers.collecting.fetching import Known, KnownPicture
from importers.collecting.licences import Licence, is_allowed
from jobs.collect.kind import CollectParameters
from store.collected import addresses_had, pictures_had, standing_takedowns
from store.connection import Workspace
from store.takedown import address_key, host_of

_ADDRESSES, _PICTURES, _TAKEDOWNS = "had.parquet", "pictures.parquet", "takedowns.parquet"
TAKEN_DOWN = "taken down"


@dataclass(frozen=True)
class Verdict:
    """What becomes of a candidate before anything of it is asked for."""

    outcome: str
    reason: str
    duplicate_of: str = ""


@dataclass(frozen=True)
class Inputs:
    """had: the path of what earlier runs fetched, by its address. taken_down: values by what they are."""

    had: dict[str, str]
    known: Known
    taken_down: dict[str, frozenset[str]]


def write_inputs(workspace: Workspace, dataset_id: int, folder: Path, *, run_id: int) -> None:
    """Leave what is known of the dataset in a job's folder."""
    for name, table in (
        (_ADDRESSES, addresses_had(workspace, dataset_id, but_run=run_id)),
        (_PICTURES, pictures_had(workspace, dataset_id)),
        (_TAKEDOWNS, standing_takedowns(workspace, dataset_id)),
    ):
        pq.write_table(table, folder / name)


def read_inputs(folder: Path) -> Inputs:
    """What was left in a job's folder."""
    had = pq.read_table(folder / _ADDRESSES)
    taken = pq.read_table(folder / _TAKEDOWNS)
    values: dict[str, set[str]] = {}
    for what, value in zip(taken["what"].to_pylist(), taken["value"].to_pylist(), strict=True):
        values.setdefault(what, set()).add(_plain(value, what=what))
    refused = {sha256: TAKEN_DOWN for sha256 in values.get("picture", ()) if _is_sha256(sha256)}
    return Inputs(
        had=dict(zip(had["file_url"].to_pylist(), (path or "" for path in had["path"].to_pylist()), strict=True)),
        known=Known(_pictures(pq.read_table(folder / _PICTURES)), refused=refused),
        taken_down={what: frozenset(each) for what, each in values.items()},
    )


def judged(candidate: Candidate, inputs: Inputs, parameters: CollectParameters) -> Verdict | None:
    """What becomes of a candidate without a request; None where its picture is to be fetched."""
    if _is_taken_down(candidate, inputs.taken_down):
        return Verdict("refused", TAKEN_DOWN)
    sites = frozenset(parameters.excluded_sites)
    if any(_is_of(url, sites) for url in (candidate.file_url, candidate.page_url) if url):
        return Verdict("refused", "excluded site")
    licence = Licence(candidate.licence) if candidate.licence else None
    if not is_allowed(licence, parameters.licence_words):
        return Verdict("refused", "licence")
    if candidate.file_url in inputs.had:
        return Verdict("duplicate", "had already", inputs.had[candidate.file_url])
    return None


def _is_taken_down(candidate: Candidate, taken_down: dict[str, frozenset[str]]) -> bool:
    addresses = [url for url in (candidate.file_url, candidate.page_url) if url]
    return (
        any(_plain(url, what="address") in taken_down.get("address", ()) for url in addresses)
        or any(_is_of(url, taken_down.get("site", frozenset())) for url in addresses)
        or _plain(candidate.author or "", what="author") in taken_down.get("author", ())
    )


def _plain(value: str, *, what: str) -> str:
    """A value as it is compared: addresses and hosts as the store compares them, names in small letters."""
    text = value.strip()
    if what == "address":
        return address_key(text)
    if what == "site":
        return host_of(text if "//" in text else f"https://{text}")
    return " ".join(text.casefold().split())


def _is_of(url: str, sites: frozenset[str]) -> bool:
    """Whether an address lies at one of some hosts, or below it."""
    if not sites:
        return False
    try:
        host = (urlsplit(url).hostname or "").casefold()
    except ValueError:
        return False
    parts = host.split(".")
    return any(".".join(parts[start:]) in sites for start in range(len(parts)))


def _is_sha256(text: str) -> bool:
    return len(text) == 64 and not text.strip("0123456789abcdef")


def _pictures(table: pa.Table) -> list[KnownPicture]:
    return [
        KnownPicture(row["path"], row["sha256"] or "", row["pixel_sha256"] or "", row["phash"])
        for row in table.to_pylist()
    ]
