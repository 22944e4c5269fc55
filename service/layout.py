"""The folder that the service reads: a folder a dataset in it, in that a folder a version, whole or not there.

    INDEX/keys.json                       hashes of the keys (service/key_file.py)
    INDEX/animals/000007/manifest.json    what the version holds, with the sha256 of each file
    INDEX/animals/000007/images.arrow     a row a kept image, by id (Arrow's file format, memory-mapped)
    INDEX/animals/000007/vectors.npy      (n, d) float32 of length one; vector_ids.npy: (n,) int64, whose they are
    INDEX/animals/000007/vector_lengths.npy (n,) float32, how long they were before
    INDEX/animals/000007/thumbs.bin       JPEG files, one after the other; thumb_starts.npy: (n_images + 1,) int64
    INDEX/animals/000007/...              objects.arrow, conse_*.npy, lists.faiss, classifier.onnx, where there are such

A version is written under a hidden name and renamed, so that one with a manifest is complete. This module imports
nothing of ours: the job that writes and the service that reads have it in common.
"""

import hashlib
import json
import re
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

FORMAT = 1
MANIFEST = "manifest.json"
IMAGES, OBJECTS = "images.arrow", "objects.arrow"
VECTORS, VECTOR_IDS, VECTOR_LENGTHS, LISTS = "vectors.npy", "vector_ids.npy", "vector_lengths.npy", "lists.faiss"
THUMBS, THUMB_STARTS = "thumbs.bin", "thumb_starts.npy"
PICTURES, PICTURE_STARTS = "pictures.bin", "picture_starts.npy"
CONSE = {"classes": "conse_classes.npy", "weights": "conse_weights.npy", "lengths": "conse_lengths.npy"}
CLASSIFIER = "classifier.onnx"
EXACT_UP_TO = 100_000  # vectors; above, an inverted file of faiss
MOST_MANIFEST_BYTES = 4 << 20
_VERSION = re.compile(r"\d{6}")


class BadIndex(Exception):
    """A folder that is no index of ours, or is damaged. One sentence."""


class _Facts(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True, protected_namespaces=())


class SpaceFacts(_Facts):
    """Whose vectors they are. words: how words are compared with them, "" where they cannot be."""

    id: int
    name: str
    model: str
    dim: int
    weights_source: str
    weights_sha256: str
    words: Literal["clip", "conse", ""] = ""


class NetworkFacts(_Facts):
    """The network that names pictures. classes: in the order of its logits. several: a picture may carry several."""

    run_id: int
    model: str
    side: int
    classes: list[str]
    several: bool
    score: float | None


class DetectionFacts(_Facts):
    """The detection whose objects are told."""

    run_id: int
    model: str


class FileFacts(_Facts):
    """A file of a version."""

    bytes: int
    sha256: str


class DatasetFacts(_Facts):
    """What is said of a dataset besides its rows. people_blurred: where its rule says so, pictures are blurred."""

    dataset: str
    task: Literal["single", "multi"]
    classes: list[str]
    licence: str | None
    source: str | None
    generation: int
    n_images: int
    n_vectors: int
    space: SpaceFacts | None = None
    network: NetworkFacts | None = None
    detection: DetectionFacts | None = None
    people_blurred: bool = False


class Manifest(DatasetFacts):
    """What a version says of itself. thumb_side, picture_side: pixels at most, 0 where there are none."""

    format: int
    made_at: str
    made_by: str
    job: str
    thumb_side: int
    picture_side: int
    files: dict[str, FileFacts]


def slug_of(dataset: str) -> str:
    """A dataset's name as a folder and an address can have it, with a few letters of its hash."""
    words = re.sub(r"[^a-zA-Z0-9._-]+", "-", dataset).strip(".-")[:60]
    return f"{words or 'dataset'}-{hashlib.sha256(dataset.encode()).hexdigest()[:6]}"


def folder_of(index: Path, dataset: str) -> Path:
    """Where the versions of a dataset lie."""
    return index / slug_of(dataset)


def complete_versions(folder: Path) -> list[Path]:
    """The complete versions in a dataset's folder, oldest first."""
    if not folder.is_dir():
        return []
    return sorted(path for path in folder.iterdir() if _VERSION.fullmatch(path.name) and (path / MANIFEST).is_file())


def newest_versions(index: Path) -> list[Path]:
    """The newest complete version of each dataset of an index, by the folder's name."""
    if not index.is_dir():
        return []
    versions = (complete_versions(path) for path in sorted(index.iterdir()) if not path.name.startswith("."))
    return [of_one[-1] for of_one in versions if of_one]


def next_version(folder: Path) -> Path:
    """The folder of the version after those that were ever there, complete or not."""
    numbers = [int(path.name) for path in folder.iterdir() if _VERSION.fullmatch(path.name)] if folder.is_dir() else []
    return folder / f"{max(numbers, default=0) + 1:06}"


def read_manifest(version: Path) -> Manifest:
    """What a version says of itself; raises BadIndex."""
    path = version / MANIFEST
    try:
        if path.stat().st_size > MOST_MANIFEST_BYTES:
            raise BadIndex(f"{path} is far larger than a manifest is.")
        values = json.loads(path.read_text(encoding="utf-8"))
        if isinstance(values, dict) and values.get("format") != FORMAT:
            raise BadIndex(
                f"{version} is an index of format {values.get('format')!r}, and this Vitrine reads format {FORMAT}. "
                "Write it again with `vitrine index`, by the same version."
            )
        return Manifest.model_validate(values)
    except (OSError, ValueError, ValidationError) as error:
        raise BadIndex(f"{path} is no manifest of an index: {str(error).splitlines()[0]}") from error


def check_files(version: Path, manifest: Manifest, *, hashes: bool) -> None:
    """Raise BadIndex where a file of a version is missing, or has another size, or (hashes) other bytes."""
    for name, facts in manifest.files.items():
        path = version / name
        if "/" in name or name.startswith(".") or not path.is_file():
            raise BadIndex(f"{version} lacks its file {name!r}. Write the index again.")
        size = path.stat().st_size
        if size != facts.bytes or (hashes and sha256_of(path) != facts.sha256):
            raise BadIndex(
                f"{path} is not as it was written ({size:,} bytes of {facts.bytes:,}). Write the index again."
            )


def sha256_of(path: Path) -> str:
    """The sha256 of a file, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
