"""What an upload brought, written last and beside it: its presence says that all of it is there."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from importers.marker import MANIFEST as MANIFEST
from importers.marker import SUMS as SUMS
from jobs.upload.receipts import LocalFile, Sent


def names_of(files: Sequence[LocalFile], *, is_folder: bool) -> tuple[str, str]:
    """What the manifest and the list of sums are called; beside a single file, after that."""
    return (MANIFEST, SUMS) if is_folder else (f"{files[0].path}.manifest.json", f"{files[0].path}.sha256")


def write_manifest(
    folder: Path, names: tuple[str, str], sent: Sequence[Sent], *, about: Mapping[str, Any]
) -> list[LocalFile]:
    """The two files in a local folder: the sums as `sha256sum -c` reads them, and the manifest, which is to go last."""
    manifest, sums = (folder / name.replace("/", "-") for name in names)
    lines = [f"{one.sha256}  {one.path}\n" for one in sent if "\n" not in one.path and "\\" not in one.path]
    sums.write_text("".join(lines), encoding="utf-8")
    files = [
        {"path": one.path, "bytes": one.n_bytes, "sha256": one.sha256, "etag": one.etag, "part_bytes": one.part_bytes}
        for one in sent
    ]
    content = {**about, "n_files": len(files), "n_bytes": sum(one.n_bytes for one in sent), "files": files}
    manifest.write_text(json.dumps(content, ensure_ascii=False, indent=1), encoding="utf-8")
    return [LocalFile.of(names[1], sums), LocalFile.of(names[0], manifest)]
