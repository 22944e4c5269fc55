"""A version of an index opened: its arrays are mapped into memory, not read."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pyarrow as pa

from service import layout
from service.dataset_index import NO_OBJECTS, DatasetIndex, PictureFile
from service.layout import BadIndex, Manifest
from service.search import Whole, read_lists, search_over

_COLUMNS = (
    "image_id", "path", "sha256", "pixel_sha256", "phash", "width", "height", "bytes", "format", "split", "label",
    "labels", "licence", "source_url", "brightness", "contrast", "sharpness", "entropy",
)  # fmt: skip


class PackedPictures:
    """JPEG files one after the other in a file, mapped into memory; starts: (n + 1,) where each begins."""

    def __init__(self, version: Path, manifest: Manifest, *, n_images: int) -> None:
        self._thumbs = _packed(version, layout.THUMBS, layout.THUMB_STARTS, n_images=n_images)
        has_pictures = manifest.picture_side > 0
        self._pictures = (
            _packed(version, layout.PICTURES, layout.PICTURE_STARTS, n_images=n_images) if has_pictures else None
        )

    def thumbnail(self, row: int) -> PictureFile | None:
        """An image made small, or None."""
        return _part(self._thumbs, row)

    def picture(self, row: int) -> PictureFile | None:
        """An image as large as it was packed, or None."""
        return None if self._pictures is None else _part(self._pictures, row)


def open_version(version: Path, *, hashes: bool = True) -> DatasetIndex:
    """A version as it lies in its folder; hashes: whether each file's sha256 is compared first. Raises BadIndex."""
    manifest = layout.read_manifest(version)
    layout.check_files(version, manifest, hashes=hashes)
    try:
        images = _table(version / layout.IMAGES)
        vectors = np.load(version / layout.VECTORS, mmap_mode="r", allow_pickle=False)
        vector_ids = np.load(version / layout.VECTOR_IDS, mmap_mode="r", allow_pickle=False)
        lengths = np.load(version / layout.VECTOR_LENGTHS, mmap_mode="r", allow_pickle=False)
        has_objects = manifest.detection is not None
        objects = _table(version / layout.OBJECTS) if has_objects else NO_OBJECTS
        lists = version / layout.LISTS
        _require_fit(version, manifest, images, vectors=vectors, vector_ids=vector_ids)
        search = search_over(vectors, lists=read_lists(lists) if lists.name in manifest.files else None)
        pictures = PackedPictures(version, manifest, n_images=images.num_rows)
        mixtures = _mixtures(version, manifest)
    except (OSError, ValueError, pa.ArrowException, RuntimeError) as error:
        raise BadIndex(f"{version} cannot be read: {str(error).splitlines()[0]}") from error
    return DatasetIndex(
        facts=manifest,
        images=images,
        vector_ids=vector_ids,
        vectors=vectors,
        search=search,
        objects=objects,
        version=version.name,
        made_at=manifest.made_at,
        pictures=pictures,
        mixtures=mixtures,
        lengths=lengths,
        onnx=version / layout.CLASSIFIER if manifest.network is not None else None,
    )


def _table(path: Path) -> pa.Table:
    with pa.memory_map(str(path)) as source:
        return pa.ipc.open_file(source).read_all()


def _require_fit(
    version: Path, manifest: Manifest, images: pa.Table, *, vectors: np.ndarray, vector_ids: np.ndarray
) -> None:
    lacking = [name for name in _COLUMNS if name not in images.column_names]
    if lacking:
        raise BadIndex(f"{version}: its images lack the column {lacking[0]}.")
    dim = manifest.space.dim if manifest.space else 0
    if vectors.dtype != np.float32 or vectors.ndim != 2 or vectors.shape != (len(vector_ids), dim):
        raise BadIndex(f"{version}: its vectors are {vectors.dtype} {vectors.shape}, not ({len(vector_ids)}, {dim}).")


def _mixtures(version: Path, manifest: Manifest) -> Mapping[str, np.ndarray] | None:
    if not all(name in manifest.files for name in layout.CONSE.values()):
        return None
    return {name: np.load(version / file, mmap_mode="r", allow_pickle=False) for name, file in layout.CONSE.items()}


_Packed = tuple[np.ndarray, Whole]


def _packed(version: Path, file: str, starts_file: str, *, n_images: int) -> _Packed:
    starts = np.load(version / starts_file, allow_pickle=False)
    size = (version / file).stat().st_size
    if starts.shape != (n_images + 1,) or (np.diff(starts) < 0).any() or starts[0] != 0 or starts[-1] != size:
        raise BadIndex(f"{version}: {starts_file} does not fit {file}.")
    content = np.memmap(version / file, np.uint8, "r") if size else np.empty(0, np.uint8)
    return content, starts


def _part(packed: _Packed, row: int) -> PictureFile | None:
    content, starts = packed
    first, last = int(starts[row]), int(starts[row + 1])
    return PictureFile(content[first:last].tobytes()) if last > first else None
