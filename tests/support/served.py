"""An index of a few drawn pictures, made by hand, and a service over it; models are stood in for by simple sums."""

import datetime
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
from PIL import Image
from starlette.testclient import TestClient

from importers.fingerprint import Fingerprint, fingerprint
from importers.picture import PictureError, read_picture
from service import layout
from service.api import Service, create_service
from service.catalogue import FolderCatalogue
from service.dataset_index import DatasetIndex
from service.gate import gate_of
from service.key_file import KeyFile
from service.layout import FileFacts, Manifest
from service.limits import Limits
from service.metrics import Metrics
from service.problems import Problem
from service.serving import Serving

CLASSES = ("red", "green", "blue")
N, DIM, SIDE = 30, 8, 24
SCHEMA = pa.schema(
    [
        ("image_id", pa.int64()),
        ("path", pa.string()),
        ("sha256", pa.string()),
        ("pixel_sha256", pa.string()),
        ("phash", pa.uint64()),
        ("width", pa.int32()),
        ("height", pa.int32()),
        ("bytes", pa.int64()),
        ("format", pa.string()),
        ("split", pa.string()),
        ("label", pa.int32()),
        ("labels", pa.list_(pa.int32())),
        ("licence", pa.string()),
        ("source_url", pa.string()),
        *((name, pa.float32()) for name in ("brightness", "contrast", "sharpness", "entropy")),
    ]
)


def drawn(number: int) -> bytes:
    """Picture `number` as a PNG file: noise by its number, one colour of three brighter."""
    pixels = np.random.default_rng(number).integers(0, 90, (SIDE, SIDE, 3), dtype=np.uint8)
    pixels[..., number % 3] += 140
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "PNG")
    return out.getvalue()


def vector_of(content: bytes) -> np.ndarray:
    """(DIM,) float32: what stands in for an encoder; means of the picture's colours and corners."""
    pixels = read_picture(content).pixels.astype(np.float32) / 255
    half = SIDE // 2
    corners = [pixels[:half, :half, 0].mean(), pixels[:half, half:, 1].mean(), pixels[half:, :half, 2].mean()]
    return np.array([*pixels.mean(axis=(0, 1)), *corners, pixels.std(), pixels[0, 0, 0]], np.float32)


class SimpleReader:
    """A reader without models. slow_s: how long a picture takes."""

    def __init__(self) -> None:
        self.n_pictures = 0

    def fingerprint(self, content: bytes) -> Fingerprint:
        try:
            return fingerprint(content, max_pixels=10_000_000)
        except PictureError as error:
            raise Problem(422, "bad-picture", error.reason) from error

    def picture(self, index: DatasetIndex, content: bytes) -> np.ndarray:
        self.n_pictures += 1
        try:
            return vector_of(content)
        except PictureError as error:
            raise Problem(422, "bad-picture", error.reason) from error

    def words(self, index: DatasetIndex, text: str) -> np.ndarray:
        asked = np.zeros(DIM, np.float32)
        asked[CLASSES.index(text) if text in CLASSES else 6] = 1
        return index.vectors @ asked

    def classify(self, index: DatasetIndex, content: bytes) -> np.ndarray:
        shares = self.picture(index, content)[:3]
        return shares / shares.sum()


def rows(ids: Sequence[int]) -> list[dict[str, object]]:
    """What an import would have noted of some drawn pictures."""
    out = []
    for number in ids:
        content = drawn(number)
        mark = fingerprint(content, max_pixels=10_000)
        out.append(
            {
                "image_id": number,
                "path": f"{CLASSES[number % 3]}/{number:03}.png",
                "sha256": mark.sha256,
                "pixel_sha256": mark.pixel_sha256,
                "phash": mark.phash,
                "width": SIDE,
                "height": SIDE,
                "bytes": len(content),
                "format": "PNG",
                "split": "test" if number % 5 == 0 else "train",
                "label": None if number == 7 else number % 3,
                "labels": None,
                "licence": "CC0" if number < 10 else None,
                "source_url": None,
                "brightness": float(number),
                "contrast": 1.0,
                "sharpness": 2.0,
                "entropy": 3.0,
            }
        )
    return out


def write_version(
    index: Path, *, dataset: str = "colours", ids: Sequence[int] = range(1, N + 1), **facts: object
) -> Path:
    """A complete version of a dataset's index; images of `ids`, the last of them without a vector."""
    folder = layout.folder_of(index, dataset)
    folder.mkdir(parents=True, exist_ok=True)
    version = layout.next_version(folder)
    version.mkdir()
    table = pa.Table.from_pylist(rows(ids), schema=SCHEMA)
    with pa.ipc.new_file(str(version / layout.IMAGES), SCHEMA) as writer:
        writer.write_table(table)
    vectors = np.stack([vector_of(drawn(number)) for number in ids[:-1]])
    np.save(version / layout.VECTORS, vectors / np.linalg.norm(vectors, axis=1, keepdims=True))
    np.save(version / layout.VECTOR_LENGTHS, np.linalg.norm(vectors, axis=1).astype(np.float32))
    np.save(version / layout.VECTOR_IDS, np.array(ids[:-1], np.int64))
    objects = [
        {"image_id": ids[0], "class_name": "spot", "score": 0.9, "x1": 1.0, "y1": 2.0, "x2": 3.0, "y2": 4.0},
        {"image_id": ids[0], "class_name": "spot", "score": 0.4, "x1": 5.0, "y1": 6.0, "x2": 7.0, "y2": 8.0},
    ]
    with pa.ipc.new_file(str(version / layout.OBJECTS), _OBJECTS) as writer:
        writer.write_table(pa.Table.from_pylist(objects, schema=_OBJECTS))
    _pack(version, ids)
    (version / layout.CLASSIFIER).write_bytes(b"stands for a network")
    write_manifest(version, manifest_of(version, dataset, n=len(ids), facts=facts))
    return version


def manifest_of(version: Path, dataset: str, *, n: int, facts: Mapping[str, object]) -> dict[str, object]:
    """The manifest of what lies in a folder."""
    space = {"id": 1, "name": "sums", "model": "sums", "dim": DIM, "weights_source": "", "weights_sha256": "0" * 64}
    network = {"run_id": 4, "model": "resnet18", "side": SIDE, "classes": list(CLASSES), "several": False, "score": 0.9}
    values = {
        "dataset": dataset,
        "task": "single",
        "classes": list(CLASSES),
        "licence": None,
        "source": None,
        "generation": 1,
        "n_images": n,
        "n_vectors": n - 1,
        "space": {**space, "words": "clip"},
        "network": network,
        "detection": {"run_id": 3, "model": "spots"},
        "format": layout.FORMAT,
        "made_at": "2026-01-01T00:00:00Z",
        "made_by": "a test",
        "job": "index-000000",
        "thumb_side": SIDE,
        "picture_side": 0,
        "files": {
            path.name: FileFacts(bytes=path.stat().st_size, sha256=layout.sha256_of(path)).model_dump()
            for path in version.iterdir()
        },
    }
    return {**values, **facts}


def write_manifest(version: Path, values: Mapping[str, object]) -> None:
    """Write a manifest, which makes the version complete."""
    Manifest.model_validate(values)
    (version / layout.MANIFEST).write_text(json.dumps(values), encoding="utf-8")


def service_over(index: Path, *, limits: Limits | None = None, cors_origins: Sequence[str] = ()) -> Service:
    """A service over an index's folder; it has looked once."""
    metrics = Metrics()
    catalogue = FolderCatalogue(index, metrics)
    catalogue.look()
    serving = Serving(catalogue, SimpleReader(), gate_of(KeyFile(index)), limits or Limits(), metrics, "0.0.0")
    return create_service(serving, cors_origins=cors_origins)


def client_of(service: Service, *, address: str = "127.0.0.1") -> TestClient:
    """A client that asks from an address."""
    return TestClient(service.asgi, client=(address, 50_000), base_url="http://localhost")


def new_key(index: Path, *datasets: str, days: float | None = None) -> str:
    """A key in the index's folder, for some datasets (none named: all)."""
    ends = None if days is None else datetime.datetime(2100, 1, 1)
    return KeyFile(index).add(name="a test", datasets=list(datasets) or None, expires_at=ends)[1]


def _pack(version: Path, ids: Sequence[int]) -> None:
    files = []
    for number in ids:
        out = io.BytesIO()
        Image.open(io.BytesIO(drawn(number))).save(out, "JPEG")
        files.append(out.getvalue())
    files[1] = b""  # one that could not be drawn
    (version / layout.THUMBS).write_bytes(b"".join(files))
    np.save(version / layout.THUMB_STARTS, np.cumsum([0, *map(len, files)]).astype(np.int64))


_OBJECTS = pa.schema(
    [
        ("image_id", pa.int64()),
        ("class_name", pa.string()),
        ("score", pa.float32()),
        *((name, pa.float32()) for name in ("x1", "y1", "x2", "y2")),
    ]
)


def every_address(service: Service) -> Iterator[tuple[str, str]]:
    """The method and the path of every address in the service's OpenAPI."""
    for path, methods in service.api.openapi()["paths"].items():
        yield from ((method.upper(), path) for method in methods)
