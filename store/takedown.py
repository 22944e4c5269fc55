"""Takedowns: pictures that somebody asked to have removed, by address, author, site or the picture itself.

A picture that a takedown is about counts as removed for as long as the takedown stands, whatever was decided of it: in
the dataset, in exports (of older versions, too), in what is served, and in collections that run later. Nothing of it is
a decision, so no undo and no restored version brings it back; withdrawing the takedown does.
"""

import datetime
import re
from collections.abc import Sequence
from dataclasses import dataclass

import duckdb

from store.acting import does
from store.connection import Workspace, utc_now
from store.datasets import list_datasets
from store.errors import BadTakedown, UnknownTakedown
from store.statements import sql
from store.subjects import DETAILS, REMOVALS, note_changes
from store.texts import NAME, REASON, require_short

ADDRESS, AUTHOR, SITE, PICTURE = WHAT = ("address", "author", "site", "picture")
EVERY = 0  # the number that stands for every dataset
LONGEST_ADDRESS = 4_096
_HOST = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://(?:[^/?#@]*@)?([^/:?#]+)")  # as in store/migrations/0036_origin.sql
_REST = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://[^/?#]*([^#]*)")


@dataclass(frozen=True)
class Takedown:
    """What was asked for, by whom, when (UTC). dataset_id: 0 for every dataset. n_images: now taken down."""

    id: int
    dataset_id: int
    what: str
    value: str
    reason: str | None
    who: str
    asked_at: datetime.datetime
    withdrawn_by: str | None
    withdrawn_at: datetime.datetime | None
    n_images: int

    @property
    def stands(self) -> bool:
        """Whether nobody withdrew it."""
        return self.withdrawn_at is None


@does("take_down")
def take_down(workspace: Workspace, dataset_id: int, *, what: str, value: str, reason: str = "", who: str) -> Takedown:
    """Record a takedown, and take the pictures down that it is about. Raises BadTakedown, TextTooLong.

    dataset_id: EVERY for every dataset, also those to come. what: of WHAT. value: an address, an author's name, a host
    or an address of it; a picture's SHA-256, or its number or path in the dataset.
    """
    kept = _as_kept(workspace, dataset_id, what=what, value=value)
    require_short(reason, "The reason", longest=REASON)
    require_short(who, "Who takes it down", longest=NAME)
    standing = [each for each in list_takedowns(workspace, dataset_id) if each.stands]
    if any((each.what, each.value) == (what, kept) for each in standing):
        raise BadTakedown(f"The {what} {kept[:100]} is taken down already.")
    values = {"dataset_id": dataset_id, "what": what, "value": kept, "reason": reason.strip() or None, "who": who}
    datasets = _datasets(workspace, dataset_id)
    with workspace.writing(dataset_id) as cursor:
        ((number,),) = cursor.execute(sql("insert_takedown"), {**values, "asked_at": utc_now()}).fetchall()
        _renew(cursor, datasets, raises=dataset_id == EVERY)
    return find_takedown(workspace, dataset_id, takedown_id=int(number))


@does("withdraw_takedown")
def withdraw_takedown(workspace: Workspace, dataset_id: int, *, takedown_id: int, who: str) -> Takedown:
    """Have a takedown count no more; its pictures count again, as far as their files are there.

    dataset_id: as it was taken down. Raises UnknownTakedown for one that is not there or was withdrawn before.
    """
    require_short(who, "Who withdraws it", longest=NAME)
    values = {"dataset_id": dataset_id, "takedown_id": takedown_id, "who": who, "withdrawn_at": utc_now()}
    datasets = _datasets(workspace, dataset_id)
    with workspace.writing(dataset_id) as cursor:
        if not cursor.execute(sql("withdraw_takedown"), values).fetchall():
            raise UnknownTakedown(f"No takedown of this dataset that stands has the number {takedown_id}.")
        _renew(cursor, datasets, raises=dataset_id == EVERY)
    return find_takedown(workspace, dataset_id, takedown_id=takedown_id)


def list_takedowns(workspace: Workspace, dataset_id: int) -> list[Takedown]:
    """Every takedown of a dataset: those that stand first, newest first."""
    return workspace.all("list_takedowns", Takedown, dataset_id=dataset_id)


def find_takedown(workspace: Workspace, dataset_id: int, *, takedown_id: int) -> Takedown:
    """The takedown of that number. Raises UnknownTakedown."""
    for each in list_takedowns(workspace, dataset_id):
        if each.id == takedown_id:
            return each
    raise UnknownTakedown(f"There is no takedown {takedown_id} of this dataset.")


def takedowns_of(workspace: Workspace, image_id: int) -> list[Takedown]:
    """The takedowns that stand and are about a picture."""
    return workspace.all("takedowns_of_image", Takedown, image_id=image_id)


def n_taken_down_of_version(workspace: Workspace, version_id: int) -> int:
    """How many of a version's pictures were taken down since it was frozen."""
    return workspace.count("taken_down_of_version", version_id=version_id)


def renew_taken_down(cursor: duckdb.DuckDBPyConnection, dataset_id: int) -> None:
    """Look again which images the takedowns are about, in an open transaction that brought images or their origins."""
    ((n,),) = cursor.execute(sql("n_standing_takedowns"), {"dataset_id": dataset_id}).fetchall()
    if n:
        _renew(cursor, [dataset_id])


def host_of(url: str) -> str:
    """An address's host in lower case, without www.; "" for what is no address."""
    found = _HOST.match(url)
    return found[1].lower().removeprefix("www.") if found else ""


def address_key(url: str) -> str:
    """What is the same in two addresses of one page: without scheme, www., fragment and the last slashes."""
    rest = _REST.match(url)
    return host_of(url) + (rest[1].rstrip("/") if rest else "")


def _as_kept(workspace: Workspace, dataset_id: int, *, what: str, value: str) -> str:
    """A value as it is recorded. Raises BadTakedown with what is wrong."""
    if what not in WHAT:
        raise BadTakedown(f"A takedown is by {', '.join(WHAT[:-1])} or {WHAT[-1]}, not by {what[:40]!r}.")
    value = " ".join(value.split())
    if not value:
        raise BadTakedown(f"Say which {what} is to be taken down.")
    require_short(value, f"The {what}", longest=LONGEST_ADDRESS if what in (ADDRESS, SITE) else NAME)
    if what == AUTHOR:
        return value
    if what == PICTURE:
        return _sha256(workspace, dataset_id, value)
    url = value if "://" in value else f"https://{value}"
    host = host_of(url)
    if " " in host or ("." not in host and host != "localhost"):
        raise BadTakedown(f"{value[:100]!r} names no host. Give an address, as https://example.org/picture.jpg.")
    return host if what == SITE else url


def _sha256(workspace: Workspace, dataset_id: int, named: str) -> str:
    found = workspace.value("sha256_of_image", str, dataset_id=dataset_id, named=named)
    if found is not None:
        return found
    digits = named.lower()
    if len(digits) == 64 and set(digits) <= set("0123456789abcdef"):
        return digits  # of a picture that is not here, and is not to come
    raise BadTakedown(f"There is no picture {named[:100]!r} in this dataset. Name its number, its path or its SHA-256.")


def _datasets(workspace: Workspace, dataset_id: int) -> list[int]:
    return [dataset_id] if dataset_id != EVERY else [each.id for each in list_datasets(workspace)]


def _renew(cursor: duckdb.DuckDBPyConnection, dataset_ids: Sequence[int], *, raises: bool = False) -> None:
    """raises: the generations of the datasets, where the transaction is not one of theirs."""
    for dataset_id in dataset_ids:
        key = {"dataset_id": dataset_id}
        before = cursor.execute(sql("taken_down_now"), key).fetchall()
        cursor.execute(sql("delete_taken_down"), key)
        cursor.execute(sql("insert_taken_down"), key)
        if cursor.execute(sql("taken_down_now"), key).fetchall() != before:
            note_changes(cursor, dataset_id, [REMOVALS, DETAILS])
            if raises:
                cursor.execute(sql("raise_generation"), {"dataset_id": dataset_id, "settles": True})
