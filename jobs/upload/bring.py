"""A file or a folder to a bucket, with a manifest: what the job does, and the command `upload` by itself."""

import os
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from importers.stores import Address
from jobs.engine.errors import ExportRefused
from jobs.engine.public_buckets import require_private
from jobs.upload.limits import USUAL, Limits
from jobs.upload.manifest import names_of, write_manifest
from jobs.upload.receipts import LocalFile, Receipts
from jobs.upload.sending import AT_ONCE, Sender, Tally

Say = Callable[[int, int, str], None]  # files of how many, and what is being done


@dataclass(frozen=True)
class Brought:
    """What lies in the bucket now. public: the ways by which anybody may read it."""

    url: str
    manifest: str
    n_files: int
    n_bytes: int
    public: list[str]
    tally: Tally

    def figures(self) -> dict[str, Any]:
        """The same for a run, or a line of JSON."""
        return {
            "to": self.url,
            "manifest": self.manifest,
            "n_files": self.n_files,
            "n_bytes": self.n_bytes,
            "n_sent": self.tally.n_sent,
            "n_kept": self.tally.n_kept,
            "n_parts": self.tally.n_parts,
            "n_parts_kept": self.tally.n_parts_kept,
            "n_read_back": self.tally.n_read_back,
            **({"public": self.public} if self.public else {}),
        }


def files_in(source: Path) -> list[LocalFile]:
    """The file itself, or every regular file below a folder, by name. Raises ExportRefused."""
    if source.is_file():
        return [LocalFile.of(source.name, source)]
    if not source.is_dir():
        raise ExportRefused(f"There is no file or folder {source}.")
    found = []
    for above, folders, names in os.walk(source):
        folders.sort()
        for name in sorted(names):
            file = Path(above, name)
            path = file.relative_to(source).as_posix()
            if not file.is_file():
                continue
            try:
                path.encode()
            except UnicodeEncodeError:
                raise ExportRefused(f"{path!r} is not valid UTF-8, so it can be no key. Rename it.") from None
            found.append(LocalFile.of(path, file))
    if not found:
        raise ExportRefused(f"{source} holds no files.")
    return found


def bring(
    source: Path,
    to: Address,
    *,
    receipts: Path,
    about: Mapping[str, Any],
    say: Say,
    to_public: bool = False,
    limits: Limits = USUAL,
    at_once: int = AT_ONCE,
) -> Brought:
    """Bring a file or a folder below `to`; the same again goes on with what is missing.

    receipts: a file of this machine that remembers what is there. Raises ExportRefused: a public bucket where that is
    not meant, or another object in a file's place; JobFailed where the store refuses.
    """
    public = require_private(to, to_public=to_public)
    files = files_in(source)
    total = len(files)
    names = names_of(files, is_folder=source.is_dir())
    if {file.path for file in files} & set(names):
        raise ExportRefused(f"{source} holds a file called as the manifest is to be: {' or '.join(names)}. Rename it.")
    sender = Sender(to, receipts=Receipts(receipts, target=to.url), limits=limits, at_once=at_once)
    sent = sender.send(files, report=lambda n, n_bytes: say(n, total, f"Sending: {n_bytes >> 20:,} MiB are there"))
    sender.check(sent, report=lambda n: say(n, total, "Checking what lies there"))
    with tempfile.TemporaryDirectory() as folder:
        beside = write_manifest(Path(folder), names, sent, about=about)
        quiet = Sender(to, receipts=Receipts(receipts, target=to.url), limits=limits)
        for one in beside:  # one after the other: the manifest is the last thing that comes
            quiet.check(quiet.send([one], report=lambda n, n_bytes: None), report=lambda n: None)
    n_bytes = sum(one.n_bytes for one in sent)
    return Brought(to.url, to.below(names[0]).url, total, n_bytes, public, sender.tally)
