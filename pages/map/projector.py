"""A map's vectors for TensorFlow's embedding projector: tensors.tsv, metadata.tsv and a sprite image in a zip.

The zip is made while it is sent: the vectors of a large dataset never lie in memory together.
"""

import contextlib
import csv
import io
import json
import urllib.parse
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv
from PIL import Image
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from analytics.sprites import sprite_grid
from figures.names import one_line
from importers.sources import CACHE, PicturePath, root_of
from pages.map import http, selection_sets
from pages.ui import blurring, links, owner
from pages.ui.base_path import under
from pages.ui.filters import class_labels, label_text
from pages.ui.rows import Row
from pages.ui.ruled import ruled
from pages.ui.text import count
from store import projections
from store.acting import CURATOR
from store.datasets import class_table
from store.vectors import Space, chosen_vectors, list_spaces

ROWS_AT_ONCE = 1024
EMPTY = (232, 228, 221)  # a picture that cannot be read
_README = """{pictures}{sampled}, as {dim}-d vectors of the space {space}; points of the map of run {run_id}.

On a page of the projector choose "Load", tensors.tsv for the vectors and metadata.tsv for the names. The projector
shows the pictures where config.json, with these files beside it, is served at an address (its "Publish" says how).
sprite.jpg: {cells} x {cells} pictures of {tile} pixels, row by row, in the order of the vectors.
"""


class _Sink(io.RawIOBase):
    """A file that can only be written; what was written is taken out in pieces."""

    def __init__(self) -> None:
        self.pieces: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, piece: Any) -> int:  # a Buffer, which has no name before Python 3.12
        self.pieces.append(bytes(piece))
        return len(self.pieces[-1])

    def take(self) -> bytes:
        taken, self.pieces = b"".join(self.pieces), []
        return taken


def projector_url(run_id: int, *, key: str = "", at_most: int = 0) -> str:
    """Where the zip is served: of the selection `key` or of all; a sample where there are more than `at_most`."""
    return under(f"{http.PREFIX}/{run_id}/projector.zip?{urllib.parse.urlencode({'key': key, 'n': at_most})}")


def choose_images(run_id: int, *, key: str, at_most: int) -> tuple[np.ndarray, int]:
    """The images (n,) int64 that go in, and of how many they were drawn; the same ones at every call."""
    ids = selection_sets.run_images(run_id)
    if key:
        ids = ids[np.isin(ids, selection_sets.image_ids(key), assume_unique=True)]
    n_all = len(ids)
    if at_most and n_all > at_most:
        ids = np.sort(np.random.default_rng(0).choice(ids, at_most, replace=False))
    return ids, n_all


def pack(run_id: int, space: Space, ids: np.ndarray, *, n_all: int) -> Iterator[bytes]:
    """The zip of `ids` (n,), piece by piece; a few thousand vectors are in memory at a time."""
    workspace = owner.get().workspace
    table = projections.projector_images(workspace, image_ids=ids)
    grid = sprite_grid(len(ids))
    sampled = f" drawn at random from {n_all:,}" if n_all > len(ids) else ""
    readme = _README.format(
        pictures=count(len(ids), "picture"),
        sampled=sampled,
        dim=space.dim,
        space=one_line(space.name),
        run_id=run_id,
        **vars(grid),
    )
    sink = _Sink()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as packed:
        packed.writestr("README.txt", readme)
        packed.writestr("config.json", _config(space, len(ids), grid.tile))
        packed.writestr("metadata.tsv", _metadata(table, class_labels(class_table(workspace, space_dataset(run_id)))))
        with packed.open("tensors.tsv", "w", force_zip64=True) as out:
            for first in range(0, len(ids), ROWS_AT_ONCE):
                vectors = chosen_vectors(workspace, space, image_ids=ids[first : first + ROWS_AT_ONCE])
                out.write(_tsv(vectors))
                yield sink.take()
        hidden = blurring.what_to_blur_in(workspace, space_dataset(run_id), ids.tolist())
        packed.writestr(zipfile.ZipInfo("sprite.jpg"), _sprite(table, workspace.root, hidden))
    yield sink.take()


def space_dataset(run_id: int) -> int:
    """The dataset of a run."""
    return projections.run_dataset(owner.get().workspace, run_id)


def _config(space: Space, n: int, tile: int) -> str:
    sprite = {"imagePath": "sprite.jpg", "singleImageDim": [tile, tile]}
    about = {
        "tensorName": one_line(space.name),
        "tensorShape": [n, space.dim],
        "tensorPath": "tensors.tsv",
        "metadataPath": "metadata.tsv",
        "sprite": sprite,
    }
    return json.dumps({"embeddings": [about]}, indent=1)


def _metadata(table: pa.Table, names: list[str]) -> str:
    out = io.StringIO()
    write = csv.writer(out, delimiter="\t", quoting=csv.QUOTE_NONE, quotechar=None, lineterminator="\n")
    write.writerow(["file", "class", "split", "image"])
    for row in table.select(["path", "label", "labels", "split", "image_id"]).to_pylist():
        label = label_text(row["label"], row["labels"], names=names)
        write.writerow([one_line(row["path"]), label, one_line(row["split"] or ""), row["image_id"]])
    return out.getvalue()


def _tsv(vectors: np.ndarray) -> bytes:
    columns = pa.table({str(axis): np.ascontiguousarray(vectors[:, axis]) for axis in range(vectors.shape[1])})
    out = io.BytesIO()
    options = pyarrow.csv.WriteOptions(include_header=False, delimiter="\t")
    pyarrow.csv.write_csv(columns, out, options)
    return out.getvalue()


def _sprite(table: pa.Table, root: Path, hidden: dict[int, blurring.Hidden]) -> bytes:
    grid = sprite_grid(table.num_rows)
    sheet = Image.new("RGB", (grid.side, grid.side), "white")
    columns = ["image_id", "path", "root", "sha256", "has_thumb", "width", "height"]
    for index, row in enumerate(table.select(columns).to_pylist()):
        sheet.paste(_tile(row, root, grid.tile, hidden.get(row["image_id"])), grid.corner(index))
    out = io.BytesIO()
    sheet.save(out, "JPEG", quality=88)
    return out.getvalue()


def _tile(row: Row, root: Path, side: int, hidden: blurring.Hidden | None) -> Image.Image:
    tile = Image.new("RGB", (side, side), EMPTY)
    sha256 = str(row["sha256"])
    thumb = root / "thumbs" / sha256[:2] / f"{sha256}.jpg"
    original = root_of(str(row["root"]), root / CACHE) / str(row["path"])
    path: PicturePath = thumb if row["has_thumb"] else original
    unreadable = (OSError, SyntaxError, ValueError, Image.DecompressionBombError)
    with contextlib.suppress(*unreadable), Image.open(path) as opened:
        opened.draft("RGB", (side, side))
        picture = opened.convert("RGB")
        if hidden is not None:
            picture = blurring.blurred_picture(picture, hidden, width=int(row["width"]), height=int(row["height"]))
        picture.thumbnail((side, side))
        tile.paste(picture, ((side - picture.width) // 2, (side - picture.height) // 2))
    return tile


async def _projector(request: Request) -> Response:
    def work() -> Response:
        run_id, workspace = request.path_params["run_id"], owner.get().workspace
        at_most = min(links.number_of(request.query_params.get("n", "0")) or 0, 10**9)
        ids, n_all = choose_images(run_id, key=request.query_params.get("key", ""), at_most=at_most)
        runs = {run.run_id: run for run in projections.list_projections(workspace, space_dataset(run_id))}
        spaces = {space.name: space for space in list_spaces(workspace, space_dataset(run_id))}
        if run_id not in runs or runs[run_id].space not in spaces or not len(ids):
            return Response("There are no vectors of these points.", status_code=404)
        named = {"Content-Disposition": f'attachment; filename="projector-{run_id}.zip"'}
        pieces = pack(run_id, spaces[runs[run_id].space], ids, n_all=n_all)
        return StreamingResponse(pieces, media_type="application/zip", headers=named)

    return await http.guarded(work)


ROUTES = [ruled(f"{http.PREFIX}/{{run_id:{links.NUMBER}}}/projector.zip", _projector, least=CURATOR)]
