"""A dataset as the service holds it: its rows, vectors and objects, read-only, from a folder or from a workspace."""

import contextlib
import functools
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from analytics.hashes import hamming_bits, has_features
from service.layout import DatasetFacts
from service.search import Batches, Floats, Mask, Search, Whole

# From where on a picture counts as a near copy, as the job `duplicates` has it.
MIN_COSINE, HAMMING_BITS, MAX_BITS = 0.95, 4, 16


@dataclass(frozen=True)
class PictureFile:
    """A picture as it is sent: the bytes of its file, and what they are."""

    content: bytes
    media_type: str = "image/jpeg"


class Pictures(Protocol):
    """Where the pixels of a dataset's images are; people are blurred already where the dataset's rule says so."""

    def thumbnail(self, row: int) -> PictureFile | None:
        """An image made small, by its row; None where there is none."""
        ...

    def picture(self, row: int) -> PictureFile | None:
        """An image as large as there is one; None where there is none."""
        ...


class NoPictures:
    """Rows without pixels: somebody else serves them, or nobody."""

    def thumbnail(self, row: int) -> PictureFile | None:
        """None."""
        return None

    def picture(self, row: int) -> PictureFile | None:
        """None."""
        return None


@dataclass(frozen=True, eq=False)
class DatasetIndex:
    """What is known of a dataset at one moment; a newer one takes its place as a whole.

    images: a row a kept image, by image_id ascending. vector_ids: (n,) int64, whose vector each of `search` is.
    vectors: (n, d) float32 of length one. objects: image_id, class_name, score, x1, y1, x2, y2, by image.
    mixtures: classes, weights (n, t), lengths (n,) of the vectors, where words are compared by ConSE and they are here.
    lengths: (n,) float32, of the vectors before they were made one. version: tells it from those before.
    onnx, weights: the network's files, as far as there are such.
    """

    facts: DatasetFacts
    images: pa.Table
    vector_ids: Whole
    vectors: Floats
    search: Search
    objects: pa.Table
    version: str
    made_at: str
    pictures: Pictures = field(default_factory=NoPictures)
    mixtures: Mapping[str, np.ndarray] | None = None
    lengths: Floats | None = None
    onnx: Path | None = None
    weights: Path | None = None

    @functools.cached_property
    def image_ids(self) -> Whole:
        """(n_images,) int64 ascending."""
        ids: Whole = self.images["image_id"].to_numpy()
        return ids

    @functools.cached_property
    def batches(self) -> Batches:
        """The thread that answers queries."""
        return Batches(self.search)

    @functools.cached_property
    def rows_of_vectors(self) -> Whole:
        """(n,) the row in `images` of each vector, -1 where its image is not kept."""
        return rows_of(self.image_ids, self.vector_ids)

    @functools.cached_property
    def is_kept(self) -> Mask | None:
        """(n,) whether each vector's image is kept; None where all are."""
        kept = self.rows_of_vectors >= 0
        return None if kept.all() else kept

    @functools.cached_property
    def vector_of_row(self) -> Whole:
        """(n_images,) the vector of each image, -1 where it has none."""
        out = np.full(len(self.image_ids), -1, np.int64)
        kept = np.flatnonzero(self.rows_of_vectors >= 0)
        out[self.rows_of_vectors[kept]] = kept
        return out

    def row_of(self, image_id: int) -> int | None:
        """The row of an image, or None."""
        row = int(np.searchsorted(self.image_ids, image_id))
        return row if row < len(self.image_ids) and self.image_ids[row] == image_id else None

    def vector_mask(self, rows: Mask | None) -> Mask | None:
        """Which vectors belong to images that `rows` (n_images,) lets through; None: all kept ones are."""
        if rows is None:
            return self.is_kept
        places = self.rows_of_vectors
        return (places >= 0) & rows[np.maximum(places, 0)] if len(rows) else np.zeros(len(places), bool)

    def objects_of(self, image_id: int) -> pa.Table:
        """The detected objects of one image, the best first."""
        ids = self._object_images
        first, last = np.searchsorted(ids, [image_id, image_id + 1])
        return self.objects.slice(int(first), int(last - first))

    def same_bytes(self, column: str, sha256: str) -> list[int]:
        """The rows of images whose `column` (sha256, pixel_sha256) is this."""
        found: list[int] = pc.indices_nonzero(pc.equal(self.images[column], sha256)).to_pylist()
        return found

    def near_hashes(self, phash: int, *, max_bits: int) -> tuple[Whole, Whole]:
        """rows and differing bits of images whose perceptual hash differs in at most so many bits, the nearest first.

        None for a picture with next to nothing in it: its hash is like many.
        """
        if not len(self._hashes) or not has_features(np.array([phash], np.uint64))[0]:
            return np.empty(0, np.int64), np.empty(0, np.int64)
        bits = hamming_bits(self._hashes, np.array([phash], np.uint64)).astype(np.int64)
        rows = np.flatnonzero((bits <= max_bits) & has_features(self._hashes))
        order = rows[np.lexsort((rows, bits[rows]))]
        return order, bits[order]

    @functools.cached_property
    def _hashes(self) -> np.ndarray:
        hashes: np.ndarray = self.images["phash"].to_numpy().astype(np.uint64)
        return hashes

    @functools.cached_property
    def _object_images(self) -> Whole:
        ids: Whole = self.objects["image_id"].to_numpy()
        return ids

    def warm(self) -> None:
        """Work out what every request needs, before the first one comes."""
        _ = self.batches, self.vector_of_row, self.is_kept, self._hashes

    def close(self) -> None:
        """Let its thread end once nobody waits for it; what is mapped is let go with the last who reads it."""
        with contextlib.suppress(KeyError):
            self.__dict__["batches"].close()


def rows_of(image_ids: Whole, wanted: Whole) -> Whole:
    """(m,) where each of `wanted` (m,) stands among `image_ids` (n,), which ascend; -1 where it is not."""
    if not len(image_ids):
        return np.full(len(wanted), -1, np.int64)
    places = np.minimum(np.searchsorted(image_ids, wanted), len(image_ids) - 1)
    return np.where(image_ids[places] == wanted, places, -1).astype(np.int64)


def lengths_of(vectors: Floats) -> Floats:
    """(n,) float32: how long each of `vectors` (n, d) is."""
    lengths: Floats = np.linalg.norm(vectors, axis=1).astype(np.float32)
    return lengths


def unit(vectors: Floats) -> tuple[Floats, Mask]:
    """`vectors` (n, d) at length one, and which of them have a direction; the others' rows are zero."""
    lengths = np.linalg.norm(vectors, axis=1)
    usable = np.isfinite(lengths) & (lengths > 0)
    with np.errstate(invalid="ignore", divide="ignore"):
        out = (vectors / np.where(usable, lengths, 1)[:, None]).astype(np.float32)
    out[~usable] = 0
    return out, usable


NO_OBJECTS = pa.schema(
    [
        ("image_id", pa.int64()),
        ("class_name", pa.string()),
        ("score", pa.float32()),
        *((name, pa.float32()) for name in ("x1", "y1", "x2", "y2")),
    ]
).empty_table()
