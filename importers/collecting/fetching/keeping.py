"""What is kept of what was fetched: each picture once, under a name of its bytes, after its line in the journal."""

import hashlib
import os
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from urllib.parse import urlsplit

from importers.collecting.fetching.client import GuardedClient
from importers.collecting.fetching.journal import Journal, recovered
from importers.collecting.fetching.judging import ENDINGS, Download
from importers.collecting.fetching.known import Known, KnownPicture, Repeats
from importers.collecting.fetching.outcomes import (
    DUPLICATE,
    KEPT,
    LEFT,
    REFUSED,
    Fetched,
    FetchError,
    FetchLimits,
    Wanted,
)
from importers.collecting.fetching.quotas import Quota
from importers.collecting.picture_child import Reply

PARTS = ".fetching"  # the folder below the root, of files on their way; an import does not see it
_NAME = 20  # digits of the SHA-256 that are a picture's name
_PLACEHOLDER = "The same picture came from many addresses, as those do that stand for missing ones."
_ENOUGH = "As many are kept as were wanted."
_TWIN = {
    "same bytes": "The same file is there already: {path}.",
    "same pixels": "A file with the same pixels is there already: {path}.",
    "nearly the same": "A picture that looks nearly the same is there already: {path}.",
}


class Keeper:
    """Decides, and writes: the journal, the files below the root. Close it."""

    def __init__(self, root: Path, journal: Path, *, known: Known, quota: Quota, limits: FetchLimits) -> None:
        self._root, self._known, self._quota, self._limits = root, known, quota, limits
        self._repeats = Repeats(on_host=limits.placeholder_on_host, anywhere=limits.placeholder_anywhere)
        self._folders: set[Path] = set()
        self.journal = Journal(journal)
        mark = hashlib.sha256(str(journal.resolve()).encode("utf-8", "surrogateescape")).hexdigest()[:8]
        self.parts = root / f"{PARTS}-{mark}"
        self.parts.mkdir(parents=True, exist_ok=True)

    def close(self) -> None:
        """Bring the journal to the disk, and clear away what was on its way."""
        self.journal.close()
        shutil.rmtree(self.parts, ignore_errors=True)

    def part_of(self, number: int) -> Path:
        """Where a candidate's file is written first."""
        return self.parts / f"{number}.part"

    def checked_folder(self, folder: str) -> PurePosixPath:
        """A folder below the root. Raises ValueError for one that leads elsewhere, or that an import would not see."""
        path = PurePosixPath(folder)
        if path.is_absolute() or not path.parts or any(part.startswith(".") or "\\" in part for part in path.parts):
            raise ValueError(f"{folder!r} is no folder below the root of what is collected.")
        return path

    def recover(self) -> Iterator[tuple[str, Fetched]]:
        """What an earlier attempt settled: its address and its last outcome. Finishes what it had not finished."""
        marked, hashed = set[str](), self.journal.was_interrupted_by_boot
        for url, fetched in self.journal.entries():
            if not recovered(fetched, root=self._root, part=self.part_of(fetched.number), hashed=hashed):
                self.journal.forget(fetched.number)
                continue
            if fetched.reason == "placeholder" and fetched.pixel_sha256:
                marked.add(fetched.pixel_sha256)
                self._repeats.mark(fetched.pixel_sha256)
            self._remember(fetched)
            yield url, fetched
        for url, fetched in self.journal.entries() if marked else ():
            if fetched.pixel_sha256 in marked and fetched.outcome in (KEPT, DUPLICATE):
                self._take_back(url, fetched)
        shutil.rmtree(self.parts, ignore_errors=True)
        self.parts.mkdir()

    def check_room(self, number: int, client: GuardedClient) -> None:
        """Raise FetchError (left) where enough of a candidate's group is kept, or a limit of the run is reached."""
        limits = self._limits
        if not self._quota.is_open(number):
            raise FetchError(LEFT, "enough", _ENOUGH)
        if limits.max_requests and client.asked.total() >= limits.max_requests:
            raise FetchError(LEFT, "requests", "The limit of requests was reached.")
        if limits.max_total_bytes and client.n_bytes >= limits.max_total_bytes:
            raise FetchError(LEFT, "bytes", "The limit of bytes was reached.")

    def keep(
        self, wanted: Wanted, part: Path, download: Download, reply: Reply, *, folder: PurePosixPath
    ) -> list[Fetched]:
        """Keep a picture that was fetched, unless it is there or must not be; first what is taken back for it."""
        fetched = self._about(wanted, download, reply)
        twin = self._known.twin(fetched.sha256, fetched.pixel_sha256, fetched.phash, near_bits=self._limits.near_bits)
        if self._repeats.is_placeholder(fetched.pixel_sha256):
            fetched = replace(fetched, outcome=REFUSED, reason="placeholder", sentence=_PLACEHOLDER)
        elif (reason := self._known.refusal(fetched.sha256)) is not None:
            fetched = replace(fetched, outcome=REFUSED, reason=reason, sentence=f"This very file is refused: {reason}.")
        elif twin is not None:
            sentence = _TWIN[twin.reason].format(path=twin.path)
            fetched = replace(fetched, outcome=DUPLICATE, reason=twin.reason, sentence=sentence, duplicate_of=twin.path)
        elif not self._quota.is_open(wanted.number):
            return [replace(fetched, outcome=LEFT, reason="enough", sentence=_ENOUGH)]
        else:
            name = fetched.sha256[:_NAME] + ENDINGS.get(fetched.format, ".jpg")
            fetched = replace(fetched, path=(folder / name).as_posix())
        return self._settle(wanted, part, fetched, host=download.host)

    def give_up(self, wanted: Wanted, error: FetchError) -> list[Fetched]:
        """That a candidate gave nothing; one that is left has no line, so that it may be tried another time."""
        fetched = Fetched(wanted.number, error.outcome, error.reason, error.sentence, fetched_at=_now())
        if error.outcome == LEFT:
            return [replace(fetched, fetched_at="")]
        self.journal.append(wanted.url, fetched)
        return [fetched]

    def same_address(self, wanted: Wanted, first: int) -> list[Fetched]:
        """What is said of an address that another candidate had: a duplicate of its picture, or its reason again."""
        _, found = self.journal.entry(first)
        path = found.path or found.duplicate_of
        if path:
            sentence = f"Another candidate had the same address: {path}."
            found = replace(
                found, outcome=DUPLICATE, reason="same address", sentence=sentence, path="", duplicate_of=path
            )
        found = replace(found, number=wanted.number)
        self.journal.append(wanted.url, found)
        self._repeats.note(found, "")
        return [found]

    def _about(self, wanted: Wanted, download: Download, reply: Reply) -> Fetched:
        return Fetched(
            wanted.number,
            KEPT,
            sha256=reply["sha256"],
            pixel_sha256=reply["pixel_sha256"],
            phash=reply["phash"],
            n_bytes=download.n_bytes,
            width=reply["width"],
            height=reply["height"],
            format=reply["format"],
            etag=download.etag,
            final_url=download.final_url,
            fetched_at=_now(),
        )

    def _settle(self, wanted: Wanted, part: Path, fetched: Fetched, *, host: str) -> list[Fetched]:
        """Write what was decided, and take back what it shows to have been wrong."""
        too_many = self._repeats.note(fetched, host)
        if not too_many:
            self.journal.append(wanted.url, fetched)
            if fetched.outcome == KEPT:
                self._place(part, fetched)
            return [fetched]
        last = replace(fetched, outcome=REFUSED, reason="placeholder", sentence=_PLACEHOLDER, path="", duplicate_of="")
        self.journal.append(wanted.url, last)
        others = (number for number in too_many if number != wanted.number)
        return [*(self._take_back(*self.journal.entry(number)) for number in others), last]

    def _place(self, part: Path, fetched: Fetched) -> None:
        place = self._root / fetched.path
        if place.parent not in self._folders:
            place.parent.mkdir(parents=True, exist_ok=True)
            self._folders.add(place.parent)
        os.replace(part, place)
        self._known.add(_as_known(fetched))
        self._quota.take(fetched.number)

    def _take_back(self, url: str, fetched: Fetched) -> Fetched:
        """Refuse a picture after all: its line, its file, and that it was known."""
        refused = replace(
            fetched, outcome=REFUSED, reason="placeholder", sentence=_PLACEHOLDER, path="", duplicate_of=""
        )
        if fetched.outcome == KEPT:  # the file first: without it, its line does not count
            (self._root / fetched.path).unlink(missing_ok=True)
            self._known.forget(_as_known(fetched))
            self._quota.give_back(fetched.number)
        self.journal.append(url, refused)
        return refused

    def _remember(self, fetched: Fetched) -> None:
        if fetched.outcome == KEPT:
            self._known.add(_as_known(fetched))
            self._quota.take(fetched.number)
        is_same = fetched.reason == "same address"
        self._repeats.note(fetched, "" if is_same else urlsplit(fetched.final_url).hostname or "")


def _as_known(fetched: Fetched) -> KnownPicture:
    return KnownPicture(fetched.path, fetched.sha256, fetched.pixel_sha256, fetched.phash)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
