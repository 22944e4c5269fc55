"""By what a change of annotations is known: the bytes of their files, whatever times those have."""

import hashlib
from pathlib import Path

from importers.label_joins import LabelFile


def mark_of(root: Path, file: LabelFile) -> str:
    """A text that is another one once the files of these annotations, or the way they are read, have changed."""
    digest = hashlib.sha256(file.key.encode())
    for path in sorted(file.used):
        inside = root / path
        digest.update(path.encode())
        digest.update(_bytes_of(inside if inside.is_file() else file.path))
    return digest.hexdigest()[:32]


def _bytes_of(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").digest()
    except OSError:
        return b""
