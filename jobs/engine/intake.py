"""What a page may ask of the machine the app runs on: a look at a folder, a zip unpacked, the devices there are."""

import json
import math
import os
import re
import secrets
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, BinaryIO

from importers.archive import ArchiveRefused, require_room
from importers.look import look_at_folder
from importers.room import room_left
from importers.sources import CACHE, Root, StoreFolder, labels_of, named_root
from importers.stores import address_of, is_store_url
from importers.types import FolderContents
from importers.unpack import unpack_outside
from jobs.engine.bucket_links import presigned, seconds_of
from jobs.engine.errors import FolderNotAllowed, NotNow
from jobs.engine.kinds import JobKind
from jobs.engine.processes import PROJECT
from jobs.engine.public_buckets import warning, why_public
from store.acting import OWNER, current

# parameters that lead out of a folder, write into one, or elsewhere with the credentials of whoever runs the app
OWN_MACHINE = ("follow_links", "keep_reading", "target", "to", "url")
MAX_UPLOAD_BYTES = 20 << 30  # unpacked; less where the disk has less room
MAX_UPLOAD_FILES = 2_000_000
UNUSED_UPLOAD_STAYS_S = 24 * 3600.0
DEVICES_STAY_S = 60.0
_BLOCK = 16 << 20


class Intake:
    """Folders and zips on their way in. import_roots None: any folder may be imported."""

    def __init__(self, workspace: Path, *, import_roots: Sequence[Path | str] | None):
        self.uploads = workspace / "uploads"
        self.exports = workspace / "exports"
        self.cache = workspace / CACHE
        self.import_roots = (
            None if import_roots is None else [named_root(str(root), self.cache) for root in import_roots]
        )

    def allowed_folder(self, folder: Path | str) -> Root:
        """`folder` resolved; raises FolderNotAllowed when it is outside the roots named at start.

        An address in a bucket must lie below one that was named, since it is read with this server's credentials.
        """
        resolved = named_root(str(folder), self.cache)
        roots = self.import_roots
        if roots is None or any(_is_below(resolved, root) for root in [*roots, self.uploads, self.exports]):
            return resolved
        named = ", ".join(str(root) for root in roots) or "none was named"
        raise FolderNotAllowed(
            f"{resolved} is outside the folders this server may import from ({named}). "
            "Whoever starts it can name more with --import-root DIR; a zip can be uploaded instead."
        )

    def inspect_folder(
        self,
        folder: Path | str,
        *,
        reading: str | None = None,
        labels: str | None = None,
        class_names: Sequence[str] | None = None,
        follow_links: bool = False,
    ) -> FolderContents:
        """What an import of `folder` would take in; raises LayoutError or FolderNotAllowed."""
        found_labels = self._labels(labels, str(folder)) if labels else None
        if follow_links:
            self.require_own_machine("follow links out of a folder")
        return look_at_folder(
            self.allowed_folder(folder),
            reading=reading,
            labels=found_labels,
            class_names=class_names,
            follow_links=follow_links,
        )

    def _labels(self, labels: str, folder: str) -> Path:
        found = labels_of(labels, folder)
        if is_store_url(folder) and not found.is_absolute():
            return found  # below the prefix
        return Path(str(self.allowed_folder(found)))

    def public_warning(self, url: str) -> str:
        """What is to be said in red before anything is written to a bucket that anybody may read; "" for others.

        Raises LayoutError for what is no address, FolderNotAllowed for visitors.
        """
        self._require_owner("write to a bucket")
        address = address_of(url)
        ways = why_public(address)
        return warning(address, ways) if ways else ""

    def link_to(self, url: str, *, lasts: str) -> str:
        """A link to an object that needs no credentials for a while ("24h"). It is kept nowhere.

        Raises ExportRefused, JobFailed, LayoutError, UnknownParameter, and FolderNotAllowed for visitors.
        """
        self._require_owner("make links into a bucket")
        return presigned(url, seconds=seconds_of(lasts))

    def check_paths(self, kind: JobKind[Any], parameters: Mapping[str, object]) -> None:
        """Raise FolderNotAllowed where an order names what only the owner of the machine may name."""
        for name in kind.paths():
            if parameters[name]:
                self.allowed_folder(str(parameters[name]))
        for name in OWN_MACHINE:
            if parameters.get(name):
                self.require_own_machine(f"use {name}")
        if parameters.get("to"):
            self._require_owner("write to a bucket")
        if parameters.get("url"):
            self._require_owner("write to Qdrant")

    def _require_owner(self, what: str) -> None:
        """Raise FolderNotAllowed for all but the owner at this machine, whose credentials would be used."""
        self.require_own_machine(what)
        if not current().is_at_least(OWNER):
            raise FolderNotAllowed(f"Only the owner can {what}: it is done with their credentials.")

    def require_own_machine(self, what: str) -> None:
        """Raise FolderNotAllowed where a visitor may import from named folders only, and asks for more."""
        if self.import_roots is not None:
            raise FolderNotAllowed(f"This server imports from named folders only; from here nobody can {what}.")

    def receive_zip(self, file: BinaryIO, name: str) -> Path:
        """Unpack an uploaded zip into the workspace's uploads and return the folder.

        Raises ArchiveRefused, also where the disk has no room for it but the reserve.
        """
        stem = re.sub(r"[^A-Za-z0-9._-]+", "-", Path(name).stem).strip(".-")[:60] or "upload"
        target = self.uploads / f"{stem}-{secrets.token_hex(3)}"
        held = target.with_suffix(".zip.part")
        try:
            self.uploads.mkdir(exist_ok=True)
            n_bytes, room = file.seek(0, os.SEEK_END), room_left(self.uploads)
            if n_bytes > room:
                raise ArchiveRefused(
                    f"The zip has {n_bytes:,} bytes, and the disk takes {room:,} more. Free some room."
                )
            file.seek(0)
            with held.open("wb") as out:
                while block := file.read(_BLOCK):
                    require_room(self.uploads)
                    out.write(block)
            unpack_outside(held, target, max_bytes=MAX_UPLOAD_BYTES, max_files=MAX_UPLOAD_FILES)
        finally:
            held.unlink(missing_ok=True)
        return _without_wrapping(target)

    def room_for_uploads(self) -> int:
        """The bytes that an upload may have, for the disks of the temporary folder and of the workspace."""
        folders = (Path(tempfile.gettempdir()), self.uploads if self.uploads.is_dir() else self.uploads.parent)
        return min(room_left(folder) for folder in folders)

    def require_room(self) -> None:
        """Raise NotNow where no more than the reserve of the workspace's disk is free: visitors start nothing then."""
        if room_left(self.uploads.parent) == 0:
            raise NotNow("The disk is as full as visitors may make it. Whoever runs the app has to free some room.")

    def largest_unpacked(self) -> int:
        """The bytes that a zip may unpack to just now."""
        return min(MAX_UPLOAD_BYTES, self.room_for_uploads())

    def clear_unused(self, used: Sequence[str]) -> None:
        """Remove uploads older than a day that no dataset (roots: `used`) stands on; they are copies, made here."""
        if not self.uploads.is_dir():
            return
        for entry in self.uploads.iterdir():
            is_old = time.time() - entry.stat().st_mtime > UNUSED_UPLOAD_STAYS_S
            if is_old and not any(Path(root).is_relative_to(entry.resolve()) for root in used):
                if entry.is_dir():
                    shutil.rmtree(entry, ignore_errors=True)
                else:
                    entry.unlink(missing_ok=True)


class Devices:
    """The devices of this machine, asked for in a process of its own: the app never loads torch."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[str] | None = None
        self._found: list[dict[str, object]] | None = None
        self._asked_at = -math.inf

    def list(self) -> list[dict[str, object]] | None:
        """key, title, free_bytes, total_bytes of each; None while they are first asked for.

        What is older than a minute is asked for again behind the scenes, since free memory changes.
        """
        with self._lock:
            if self._process is not None and self._process.poll() is not None:
                output, _ = self._process.communicate()
                self._process = None
                self._found = json.loads(output or "[]")
            if self._process is None and time.monotonic() - self._asked_at > DEVICES_STAY_S:
                command = [sys.executable, "-m", "jobs", "devices"]
                own_path = {**os.environ, "PYTHONPATH": str(PROJECT)}  # whatever Python was told of the folder it is in
                self._process = subprocess.Popen(command, cwd=PROJECT, env=own_path, stdout=subprocess.PIPE, text=True)
                self._asked_at = time.monotonic()
            return self._found

    def close(self) -> None:
        """End the process that is being asked, if one is."""
        with self._lock:
            if self._process is not None:
                self._process.kill()
                self._process.communicate()
                self._process = None
                self._asked_at = -math.inf


def _is_below(named: Root, root: Root) -> bool:
    """Whether a folder lies in another, or a prefix below another."""
    if isinstance(named, StoreFolder) or isinstance(root, StoreFolder):
        return type(named) is type(root) and f"{named}/".startswith(f"{root}/")
    return named.is_relative_to(root)


def _without_wrapping(folder: Path) -> Path:
    """The folder itself, or the one folder that a zip wraps everything in (unless its name may be a class)."""
    entries = [entry for entry in folder.iterdir() if entry.name != "__MACOSX" and not entry.name.startswith(".")]
    if len(entries) == 1 and entries[0].is_dir() and any(inner.is_dir() for inner in entries[0].iterdir()):
        return entries[0]
    return folder
