"""What an export will hold: a version's pictures under their new names, and those that are made from them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from analytics.balancing import TECHNIQUES, Made

TRAIN_SPLITS = (None, "train")  # what is ever augmented; validation and test stay as they are
UNASSIGNED = "unassigned"  # the folder of pictures in no split, where others are in one
_UNSAFE = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*]')
_RESERVED = re.compile(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\..*)?")


@dataclass(frozen=True)
class ExportRow:
    """A picture of a version, as it was frozen. label, labels: class indices, None without; at most one of the two.

    path: below the dataset's root, with /. sha256: frozen; sha256_now, bytes, mtime_ns: of the last import. split,
    source_url, source (in words), licence: None where nothing is said. format, mode: Pillow's names.
    """

    image_id: int
    path: str
    sha256: str
    sha256_now: str
    bytes: int
    mtime_ns: int
    missing: bool
    label: int | None
    labels: list[int] | None
    split: str | None
    source_url: str | None
    licence: str | None
    width: int
    height: int
    format: str
    mode: str
    source: str | None = None  # a job of before was laid out without


def rows_of(table: pa.Table) -> list[ExportRow]:
    """The pictures of a version, from store.versions.export_rows."""
    return [ExportRow(**row) for row in table.to_pylist()]


@dataclass(frozen=True)
class Entry:
    """A picture of the export. row: of the version's table. path: in the export, with /.

    technique: '' for the picture itself; number, partner (a row, or -1), own_share: as in analytics.balancing.Made.
    """

    row: int
    path: str
    split: str | None
    technique: str = ""
    number: int = 0
    partner: int = -1
    own_share: float = 1.0


def flat_names(paths: Sequence[str]) -> list[str]:
    """The files' own names, each once: of two alike (also but for case) the second is called name-2.jpg."""
    taken: set[str] = set()
    names = []
    for path in paths:
        name = path.rpartition("/")[2]
        stem, dot, ending = name.rpartition(".")
        stem, ending = (stem, f".{ending}") if dot and stem else (name, "")
        n = 2
        while name.lower() in taken:
            name = f"{stem}-{n}{ending}"
            n += 1
        taken.add(name.lower())
        names.append(name)
    return names


def apart_names(names: Sequence[str]) -> list[str]:
    """Names of which no two are alike without their endings, for files that are found by that: a.png and a-2.jpg.

    What XML, a list of names or another system cannot hold becomes an underscore.
    """
    taken: set[str] = set()
    apart = []
    for name in names:
        stem, dot, ending = _UNSAFE.sub("_", name).rpartition(".")
        stem, ending = (stem.strip() or "_", f".{ending}") if dot and stem else (name, "")
        n, own = 2, stem
        while own.lower() in taken:
            own = f"{stem}-{n}"
            n += 1
        taken.add(own.lower())
        apart.append(f"{own}{ending}")
    return apart


def folder_names(names: Sequence[str], *, not_these: Sequence[str] = ()) -> list[str]:
    """Folders for classes or splits: their own names where all can be folders, and all differ; else their numbers."""
    lowered = [name.lower() for name in names]
    fit = (
        len(set(lowered)) == len(names)
        and not set(lowered) & set(not_these)
        and all(_may_be_folder(name) for name in names)
    )
    return list(names) if fit else [str(index) for index in range(len(names))]


def suffix(technique: str, number: int) -> str:
    """What is written behind the parent's name: copies are always numbered, others from the second on."""
    return f"{technique}-{number}" if technique == "oversampling" or number > 1 else technique


def made_entries(made: Made, rows: Sequence[int], *, split: str | None) -> list[Entry]:
    """The pictures to make, without their paths. rows: the version's row of each picture that `made` was planned on."""
    return [
        Entry(
            rows[parent],
            "",
            split,
            TECHNIQUES[technique],
            int(number),
            rows[partner] if partner >= 0 else -1,
            float(share) if partner >= 0 else 1.0,
        )
        for parent, technique, number, partner, share in zip(
            made.parent.tolist(),
            made.technique.tolist(),
            made.number.tolist(),
            made.partner.tolist(),
            np.nan_to_num(made.own_share, nan=1.0).tolist(),
            strict=True,
        )
    ]


def made_name(name: str, entry: Entry, *, lossless: bool) -> str:
    """The name of a made picture, after its parent's file name: a copy keeps the ending, others are .jpg or .png."""
    stem, dot, ending = name.rpartition(".")
    stem, ending = (stem, f".{ending}") if dot and stem else (name, "")
    if entry.technique != "oversampling":
        ending = ".png" if lossless else ".jpg"
    return f"{stem}_{suffix(entry.technique, entry.number)}{ending}"


def _may_be_folder(name: str) -> bool:
    is_odd = _UNSAFE.search(name) or _RESERVED.fullmatch(name) or name != name.strip() or name.endswith(".")
    return bool(name) and not is_odd and not name.startswith(".") and len(name.encode()) <= 200
