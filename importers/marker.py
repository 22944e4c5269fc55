"""What an export says of itself, so that an import reads it back without asking, and knows its pictures again."""

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from importers.listing import Listing, looks_like_picture

MARKER = ".vitrine-export.json"
KEPT = ".vitrine-reading.json"  # how a folder was read, left in it where its owner asked for that
BESIDE = "beside"  # what the marker calls the files that describe an export to others than Vitrine
DESCRIPTION = "description of an export"
MANIFEST, SUMS = "vitrine-manifest.json", "SHA256SUMS"  # what an upload to a bucket writes beside its files
MAX_BYTES = 16 << 20
MAX_KEY_CHARACTERS = 10_000


def marked_reading(root: Path) -> "KeptReading | None":
    """How the folder `root` is to be read if it is an export of Vitrine's; None for any other folder."""
    return _reading(root, MARKER)


def marked_export(root: Path) -> str:
    """JOB/RUN of the export that wrote the folder `root`, perhaps in another workspace; empty for any other folder."""
    marked = _marked(root)
    job, run = marked.get("job"), marked.get("run")
    if not isinstance(job, str) or not isinstance(run, int) or len(job) > 100 or abs(run) > 10**9:
        return ""
    return f"{job}/{run}"


def beside_pictures(root: Path) -> frozenset[str]:
    """The files at the top of an export that describe it (a card, metadata), by its marker; none in other folders.

    Never a picture: a marker that somebody wrote hides none.
    """
    named = _marked(root).get(BESIDE)
    names = named if isinstance(named, list) else []
    return frozenset(name for name in names if isinstance(name, str) and not looks_like_picture(name))


def without_descriptions(listing: Listing) -> Listing:
    """An export's listing without its card and metadata, which are no pictures and say nothing that is not read."""
    beside = beside_pictures(listing.root) | ({MANIFEST, SUMS} if {MANIFEST, SUMS} <= set(listing.paths) else set())
    paths = [path for path in listing.paths if path not in beside]
    n_beside = len(listing.paths) - len(paths)
    ignored = listing.ignored + Counter({DESCRIPTION: n_beside} if n_beside else {})
    return replace(listing, paths=paths, ignored=ignored)


@dataclass(frozen=True)
class KeptReading:
    """How a folder was read the last time. class_names: empty where none were given.

    labels: the table with labels and splits of whole pictures, where the reading means boxes alone.
    """

    reading: str
    class_names: tuple[str, ...] = ()
    labels: str = ""


def kept_reading(root: Path) -> KeptReading | None:
    """The reading that was left in the folder `root`; None where there is none."""
    return _reading(root, KEPT)


def keep_reading(root: Path, kept: KeptReading) -> None:
    """Leave in the folder `root` how it is to be read. Raises OSError."""
    part = root / f"{KEPT}.part"
    content = {"reading": kept.reading, "class_names": list(kept.class_names)}
    text = json.dumps(content | ({"labels": kept.labels} if kept.labels else {}))
    part.write_text(text, encoding="utf-8")
    part.replace(root / KEPT)


def _reading(root: Path, name: str) -> KeptReading | None:
    marked = _marked(root, name)
    reading, labels = marked.get("reading"), marked.get("labels")
    if not isinstance(reading, str) or not reading or len(reading) > MAX_KEY_CHARACTERS:
        return None
    is_beside = isinstance(labels, str) and "/" not in labels and (root / labels).is_file()
    return KeptReading(reading, _names(marked), labels if isinstance(labels, str) and is_beside else "")


def _names(marked: Mapping[str, object]) -> tuple[str, ...]:
    names = marked.get("class_names")
    return tuple(map(str, names)) if isinstance(names, list) and all(isinstance(name, str) for name in names) else ()


def _marked(root: Path, name: str = MARKER) -> dict[str, object]:
    try:
        path = root / name
        if path.stat().st_size > MAX_BYTES:
            return {}
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    return content if isinstance(content, dict) else {}
