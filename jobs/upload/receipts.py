"""What has been brought to a bucket already, in a file of lines that are only added: an upload goes on from it."""

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Self


@dataclass(frozen=True)
class LocalFile:
    """A file on its way. path: its key below the target; file: where it lies; as it was when the upload began."""

    path: str
    file: Path
    n_bytes: int
    mtime_ns: int

    @classmethod
    def of(cls, path: str, file: Path) -> Self:
        """The file as it is now. Raises OSError."""
        about = file.stat()
        return cls(path, file, about.st_size, about.st_mtime_ns)


@dataclass(frozen=True)
class Sent:
    """A file that lies there. sha256: hex, of its bytes; etag: as the store must say it; part_bytes: 0 if at once."""

    path: str
    n_bytes: int
    sha256: str
    etag: str
    part_bytes: int = 0


@dataclass(frozen=True)
class Begun:
    """An upload in parts that has not been completed: of which file, as what the store knows it."""

    path: str
    sha256: str
    upload_id: str
    part_bytes: int


class Receipts:
    """The lines of one upload to one target. A line that a kill cut short counts for nothing."""

    def __init__(self, file: Path, *, target: str) -> None:
        self._file, self._target = file, target
        self._sent: dict[str, tuple[int, Sent]] = {}
        self._begun: dict[str, Begun] = {}
        self._read()

    def sent(self, file: LocalFile) -> Sent | None:
        """The receipt of a file that has not changed since."""
        mtime_ns, sent = self._sent.get(file.path, (0, None))
        return sent if sent is not None and (sent.n_bytes, mtime_ns) == (file.n_bytes, file.mtime_ns) else None

    def begun(self, path: str, *, sha256: str) -> Begun | None:
        """The upload in parts that was begun of a file with this content."""
        begun = self._begun.get(path)
        return begun if begun is not None and begun.sha256 == sha256 else None

    def note_sent(self, file: LocalFile, sent: Sent) -> None:
        """Keep that a file lies there."""
        self._sent[file.path] = (file.mtime_ns, sent)
        self._add({"sent": asdict(sent), "mtime_ns": file.mtime_ns})

    def note_begun(self, begun: Begun) -> None:
        """Keep that an upload in parts is under way, before its first part is."""
        self._begun[begun.path] = begun
        self._add({"begun": asdict(begun)})

    def _add(self, line: dict[str, Any]) -> None:
        self._file.parent.mkdir(parents=True, exist_ok=True)
        with self._file.open("ab") as out:
            # the newline stands before: what a kill cut short spoils no line that is added later
            out.write(b"\n" + json.dumps({**line, "target": self._target}).encode())
            out.flush()
            os.fsync(out.fileno())

    def _read(self) -> None:
        try:
            lines = self._file.read_bytes().split(b"\n")
        except FileNotFoundError:
            return
        for text in filter(None, lines):
            try:
                line = json.loads(text)
            except ValueError:
                continue
            if line.get("target") != self._target:
                continue
            if "sent" in line:
                sent = Sent(**line["sent"])
                self._sent[sent.path] = (int(line["mtime_ns"]), sent)
            else:
                begun = Begun(**line["begun"])
                self._begun[begun.path] = begun
