"""The doors that strangers and bad files come in by, each with what is tried on it and what it may answer."""

import contextlib
import csv
import io
import json
import tempfile
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from hypothesis import strategies as st
from PIL import Image
from starlette.applications import Starlette
from starlette.testclient import TestClient

from analytics.errors import OddFile
from importers.annotations import as_coco, find_annotations
from importers.archive import ArchiveRefused, unpack_zip
from importers.hints import NO_HINTS
from importers.inspect import inspect_folder
from importers.keys import FileIndex
from importers.label_files import label_readings
from importers.labels import assign_labels
from importers.listing import list_folder
from importers.picture import PictureError, decode
from importers.scan import scan_files
from importers.types import LayoutError
from jobs.detect.coco_boxes import PictureRefused, read_coco
from jobs.engine.errors import JobError, PackRefused, UnknownParameter
from jobs.engine.folder import job_folder
from jobs.engine.pack import unpack
from jobs.engine.supervisor import Supervisor
from jobs.label_issues.predictions_file import read_predictions_file
from pages.ui import media, owner, registry
from store import review
from store.connection import Workspace, open_workspace
from store.datasets import find_dataset
from store.decision_files import decisions_file, merge_decisions, preview_merge
from store.decisions import history
from store.errors import BadDecisionFile
from tests.support.flock import make_birds
from tests.support.noisy_workspace import checked_birds
from tests.support.noted_pictures import gps_in, noted, without_notes
from tests.support.probing import probed_in_a_fork, survives
from tests.support.small_workspace import land_random_vectors
from tests.support.visit import visit
from tests.support.wild import changed, damaged, json_values, texts, values

Try = Callable[[Any], None]


@dataclass(frozen=True)
class Target:
    """A door. drawn: what comes. opened: in a folder of its own, a function that tries one and judges the answer."""

    drawn: st.SearchStrategy[Any]
    opened: Callable[[Path], Try]


# Label files, and a folder of pictures and a label file as a whole

_LABELS = {"a.png": "cat", "b.png": "dog", "sub/c.png": "cat"}
_FORMS = [
    {"cat": ["a.png"], "dog": ["b.png", "sub/c.png"]},
    {"a.png": {"label": "cat", "by": "me"}, "b.png": {"objects": [{"category": "dog"}]}},
    {"classes": ["cat", "dog"], "labels": {"a": 0, "b": 1}},
    [
        {
            "id": 1,
            "data": {"image": "/data/upload/1/0a1b2c3d-a.png"},
            "annotations": [{"result": [{"type": "choices", "value": {"choices": ["cat"]}}]}],
        }
    ],
    [{"file_name": "a.png", "objects": {"bbox": [[1, 1, 2, 2]], "categories": ["cat"]}, "split": "train"}],
]
_ONE_HOT = {"a.png": [1, 0], "b.png": [0, 1], "sub/c.png": [0, 1]}
_COCO = {
    "images": [{"id": 1, "file_name": "a.png", "width": 20, "height": 10}, {"id": 2, "file_name": "b.png"}],
    "categories": [{"id": 3, "name": "cat"}, {"id": 8, "name": "dog"}],
    "annotations": [
        {"id": 1, "image_id": 1, "category_id": 8, "bbox": [1, 2, 3, 4], "segmentation": [[0, 0, 9, 0, 9, 9]]},
        {
            "id": 2,
            "image_id": 2,
            "category_id": 3,
            "bbox": [0, 0, 5, 5],
            "segmentation": {"size": [10, 20], "counts": [0, 9]},
        },
    ],
}


def _as_json(document: object) -> bytes:
    return json.dumps(document).encode(errors="surrogatepass")


def _as_csv(rows: list[list[object]], *, delimiter: str) -> bytes:
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter).writerows(rows)
    return out.getvalue().encode(errors="surrogatepass")


def _as_parquet(columns: dict[str, list[Any]]) -> bytes:
    out = io.BytesIO()
    pq.write_table(pa.table(columns), out)
    return out.getvalue()


_TABLE = {"path": list(_LABELS), "label": ["cat", "dog", "cat"], "split": ["train", "val", None]}
_PARQUETS = [
    _as_parquet(_TABLE),
    _as_parquet({"image": list(_LABELS), "label": [0, 1, 1]}),
    _as_parquet({"file": ["a.png"], "labels": [["cat", "dog"]]}),
]


def _label_files() -> st.SearchStrategy[tuple[str, bytes]]:
    headings = st.sampled_from(["path", "label", "labels", "split", "is_valid", "xmin", "y", "what", "007", ""])
    header = st.one_of(st.just(["path", "label"]), st.lists(headings, max_size=4))
    cells = st.one_of(
        values(), st.sampled_from([*_LABELS, "cat", "cat dog", "cat,dog", "['cat', 'dog']", "0", "1", "007"])
    )
    drawn_rows = st.lists(st.lists(cells, max_size=4), max_size=6)
    rows = st.tuples(header, drawn_rows).map(lambda drawn: [drawn[0], *drawn[1]])
    documents = st.one_of(map(changed, [_LABELS, _ONE_HOT, _COCO, [{"path": "a.png", "label": 1}], *_FORMS]))
    whole = documents.map(lambda document: ("labels.json", _as_json(document)))
    lines = st.lists(documents, max_size=4).map(lambda each: ("labels.jsonl", b"\n".join(map(_as_json, each))))
    tables = st.tuples(st.sampled_from(["labels.csv", "labels.tsv", "list.txt"]), rows).map(
        lambda drawn: (drawn[0], _as_csv(drawn[1], delimiter="\t" if drawn[0].endswith("v") else ","))
    )
    seeds = [
        ("labels.json", [_as_json(_LABELS), _as_json(_ONE_HOT), _as_json(_COCO)]),
        ("labels.csv", [_as_csv([["path", "label"], *map(list, _LABELS.items())], delimiter=",")]),
        ("labels.parquet", _PARQUETS),
        ("classes.txt", [b"cat\ndog\n"]),
    ]
    broken = st.one_of([damaged(corpus).map(lambda data, name=name: (name, data)) for name, corpus in seeds])
    return st.one_of(whole, lines, tables, broken, broken)


def _read_labels(folder: Path) -> Try:
    files = FileIndex(list(_LABELS))

    def one(drawn: tuple[str, bytes]) -> None:
        name, data = drawn
        (folder / name).write_bytes(data)
        try:
            if name.endswith(".parquet") and not survives(folder / name):
                return  # the app reads label files in a process of their own
            for reading in label_readings(folder / name, files, NO_HINTS):
                rows = reading.rows
                assert len(rows.keys) == len(rows.values)
                if not rows.only_splits:
                    found = assign_labels(rows, list(_LABELS), names=None, file_name=name)
                    numbers = [label for label in found.label if label is not None]
                    numbers += [label for labels in found.labels for label in labels or ()]
                    assert all(0 <= number < len(found.class_names) for number in numbers)
        except LayoutError as refused:
            assert str(refused).strip()
        finally:
            (folder / name).unlink()

    return one


def _pictures() -> list[bytes]:
    pixels = np.random.default_rng(0).integers(0, 255, (24, 32, 3), np.uint8)
    corpus = []
    for kind, mode in [("PNG", "RGB"), ("PNG", "P"), ("PNG", "RGBA"), ("JPEG", "RGB"), ("JPEG", "CMYK"), ("GIF", "P")]:
        corpus.append(_saved(Image.fromarray(pixels).convert(mode), kind))
    corpus += [_saved(Image.fromarray(pixels), kind) for kind in ("WEBP", "BMP", "TIFF", "PPM", "ICO", "TGA")]
    exif = Image.Exif()
    exif[0x0112], exif[0x8825] = 6, {1: "N", 2: (1.0, 2.0, 3.0)}
    return [*corpus, _saved(Image.fromarray(pixels), "JPEG", exif=exif.tobytes())]


def _saved(image: Image.Image, kind: str, **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def _decode(folder: Path) -> Try:
    def one(data: bytes) -> None:
        try:
            decode(data)
        except PictureError as refused:
            assert refused.reason

    return one


def _noted() -> list[bytes]:
    """Pictures that say where they were taken, in every format that can."""
    return [noted(form) for form in ("JPEG", "MPO", "PNG", "WEBP", "TIFF", "GIF", "JPEG2000", "AVIF")]


def _without_notes(folder: Path) -> Try:
    """Either the file is odd, or no position that Pillow can read is left of it, and once is enough."""

    def one(data: bytes) -> None:
        try:
            left = without_notes(data)
        except OddFile:
            return
        assert left is None or without_notes(left) is None
        try:
            says = gps_in(data if left is None else left)
        except Exception:  # noqa: BLE001  no picture any more: what Pillow raises then is anything
            return
        assert not says

    return one


_VOC = (
    b"<annotation><filename>a.png</filename><size><width>20</width><height>10</height></size><object><name>cat</name>"
    b"<bndbox><xmin>1</xmin><ymin>2</ymin><xmax>9</xmax><ymax>8</ymax></bndbox></object></annotation>"
)
_CVAT = (
    b'<annotations><image id="0" name="a.png" width="20" height="10"><box label="cat" xtl="1" ytl="2" xbr="9" ybr="8"/>'
    b'<polygon label="dog" points="0,0;5,0;5,5"/><tag label="cat"/></image></annotations>'
)
_LABELME = {
    "imagePath": "a.png",
    "imageWidth": 20,
    "imageHeight": 10,
    "shapes": [{"label": "cat", "shape_type": "rectangle", "points": [[1, 2], [9, 8]]}],
    "flags": {"dog": True},
}
_SIDE_FILES = {
    "a.xml": [_VOC],
    "annotations.xml": [_CVAT],
    "a.txt": [b"0 0.5 0.5 0.2 0.4\n1 0.1 0.1 0.3 0.1 0.3 0.5\n"],
    "data.yaml": [b"path: .\ntrain: sub\nval: [.]\nnames:\n  0: cat\n  1: dog\n", b"names: [cat, dog]"],
    "a.json": [_as_json(_LABELME)],
}


def _side_files() -> st.SearchStrategy[tuple[str, bytes]]:
    """Annotations of other formats, whole but changed, or damaged."""
    broken = [damaged(seeds).map(lambda data, name=name: (name, data)) for name, seeds in _SIDE_FILES.items()]
    return st.one_of(*broken, changed(_LABELME).map(lambda content: ("a.json", _as_json(content))))


def _folders() -> st.SearchStrategy[tuple[list[bytes], tuple[str, bytes]]]:
    return st.tuples(st.lists(damaged(_pictures()), min_size=1, max_size=3), _label_files() | _side_files())


def _looked_at(root: Path) -> None:
    """Look at a folder, and at its boxes as COCO has them."""
    listing = list_folder(root)
    for found in find_annotations(listing, FileIndex(listing.paths)):
        coco = as_coco(found, lambda key: (20, 10))
        sides = [side for row in coco["annotations"] for side in row["bbox"]]
        assert np.isfinite(np.array(sides, np.float64)).all() and json.dumps(coco)


def _import(folder: Path) -> Try:
    def one(drawn: tuple[list[bytes], tuple[str, bytes]]) -> None:
        pictures, (name, labels) = drawn
        with tempfile.TemporaryDirectory(dir=folder) as made:
            root = Path(made)
            (root / "sub").mkdir()
            for path, data in zip(_LABELS, pictures, strict=False):
                (root / path).write_bytes(data)
            (root / name).write_bytes(labels)
            if name.endswith(".parquet") and not survives(root / name):
                return  # the app looks at folders in a process of their own
            try:
                found = inspect_folder(root)
                _looked_at(root)
            except LayoutError:
                return
            paths = found.files["path"].to_pylist()
            rows = [part for part in scan_files(root, paths, thumbs=root / "thumbs", n_processes=1)]
            assert sum(part.images.num_rows + part.failures.num_rows for part in rows) == len(paths)

    return one


# COCO detections, predictions, zips


def _coco(folder: Path) -> Try:
    def one(document: object) -> None:
        (folder / "coco.json").write_bytes(_as_json(document))
        try:
            boxes = read_coco(folder / "coco.json")
        except UnknownParameter:
            return
        for path in ("a.png", "b.png"):
            try:
                found = boxes.of(path, width=20, height=10)
            except PictureRefused:
                continue
            if found is not None:
                assert np.isfinite(found.boxes).all() and (found.boxes >= 0).all() and (found.boxes <= 20).all()
                list(found.masks or ())

    return one


def _prediction_files() -> st.SearchStrategy[tuple[str, bytes]]:
    header = ["path", "cat", "dog", "fold"]
    rows = st.lists(
        st.tuples(st.sampled_from(["a.png", "b.png", "x"]), values(), values(), values()).map(list), max_size=4
    )
    table = rows.map(lambda rows: ("p.csv", _as_csv([header, *rows], delimiter=",")))
    right = {"path": ["a.png", "b.png"], "cat": [0.25, 1.0], "dog": [0.75, 0.0], "fold": [0, 1]}
    wide = {**right, "cat": [[0.5], [0.5]]}
    seeds = [_as_parquet(right), _as_parquet(wide)]
    whole = _as_csv([header, ["a.png", 0.25, 0.75, 0], ["b.png", 1, 0, 1]], delimiter=",")
    return st.one_of(
        table, damaged(seeds).map(lambda data: ("p.parquet", data)), damaged([whole]).map(lambda data: ("p.csv", data))
    )


def _predictions(folder: Path) -> Try:
    def one(drawn: tuple[str, bytes]) -> None:
        name, data = drawn
        (folder / name).write_bytes(data)
        with contextlib.suppress(UnknownParameter), probed_in_a_fork():
            read_predictions_file(folder / name, paths=["a.png", "b.png"])

    return one


def _zips() -> list[bytes]:
    made = []
    for packing in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", packing) as packed:
            for name in ("cat/a.png", "dog/ü.png", "dog/sub/", "../up.png", "labels.csv"):
                packed.writestr(name, b"" if name.endswith("/") else b"x" * 300)
        made.append(out.getvalue())
        made.append(made[-1].replace(b"../up.png", b"aa/up.png"))
    return made


def _unpack(folder: Path) -> Try:
    inside = folder / "inside"
    inside.mkdir()

    def one(data: bytes) -> None:
        (folder / "a.zip").write_bytes(data)
        try:
            unpack_zip(folder / "a.zip", inside / "out")
        except ArchiveRefused as refused:
            assert str(refused).strip() and not list(inside.iterdir())
        else:
            for path in sorted((inside / "out").rglob("*"), reverse=True):
                path.rmdir() if path.is_dir() else path.unlink()
            (inside / "out").rmdir()
        assert {path.name for path in folder.iterdir()} == {"a.zip", "inside"}

    return one


# What comes into a workspace: decisions, results, requests


def _birds(folder: Path) -> tuple[Workspace, int]:
    workspace = open_workspace(folder / "w")
    dataset = make_birds(workspace)
    land_random_vectors(workspace, dataset.id, workspace.read("images_to_embed", dataset_id=dataset.id))
    return workspace, dataset.id


_SHA256 = "303030302e706e67".ljust(64, "0")
_ACT = {
    **{
        "sha256": b"00000.png".hex().ljust(64, "0"),
        "path": "00000.png",
        "act": "relabel",
        "label": "gull",
        "labels": None,
    },
    **{
        "reason": "seen",
        "evidence": {"margin": -0.5},
        "who": "Ada",
        "decided_at": "2026-03-01T10:00:00",
        "undone_by": None,
    },
}
_DECISIONS = {
    **{"format": "vitrine-decisions", "version": 1, "dataset": "birds", "classes": ["crow", "gull", "wren"]},
    "acts": [_ACT, {**_ACT, "act": "keep", "label": None, "decided_at": "2026-03-01T10:00:01+02:00"}],
}


def _decisions(folder: Path) -> Try:
    workspace, dataset_id = _birds(folder)

    def one(drawn: object) -> None:
        text = drawn if isinstance(drawn, bytes) else _as_json(drawn)
        try:
            merge_decisions(workspace, dataset_id, text)
        except BadDecisionFile as refused:
            assert str(refused).strip()
            return
        review.verdicts(workspace, dataset_id, run_id=1)
        review.blind_verdicts(workspace, dataset_id, run_id=1)
        workspace.read_text("SELECT * FROM validation_answer")
        history(workspace, dataset_id)
        preview_merge(workspace, dataset_id, decisions_file(workspace, dataset_id, dataset="birds"))

    return one


_SEGMENT = {
    "image_id": [1, 2],
    "neighbours": [[2, 3], [1, 3]],
    "similarities": [[0.9, 0.8], [0.9, 0.7]],
    "reason": [None, None],
}


def _segments() -> st.SearchStrategy[bytes]:
    number = st.one_of(st.integers(-2, 9), st.sampled_from([2**31, -(2**63), 2**62]))
    similarity = st.one_of(st.floats(-1.5, 1.5), st.sampled_from([float("nan"), float("inf"), 1e308]))
    row = st.fixed_dictionaries(
        {
            "image_id": st.none() | number,
            "neighbours": st.none() | st.lists(number, max_size=3),
            "similarities": st.none() | st.lists(similarity, max_size=3),
            "reason": st.none() | st.text(max_size=5),
        }
    )
    return st.one_of(st.lists(row, min_size=1, max_size=7).map(_segment), damaged([_as_parquet(_SEGMENT)]))


def _segment(rows: list[dict[str, Any]]) -> bytes:
    try:
        return _as_parquet({name: [row[name] for row in rows] for name in _SEGMENT})
    except (pa.ArrowException, UnicodeEncodeError):
        return b""


def _results(folder: Path) -> Try:
    workspace, _ = _birds(folder)
    supervisor = Supervisor(workspace)
    n_asked = 0

    def one(data: bytes) -> None:
        nonlocal n_asked
        n_asked += 1
        job_id = supervisor.start("neighbours", dataset="birds", parameters={"k": 1 + n_asked % 5}, hold=True)
        with zipfile.ZipFile(folder / "r.zip", "w") as packed:
            packed.writestr("job/segments/000000.parquet", data)
        try:
            with probed_in_a_fork():
                unpack(workspace.root, folder / "r.zip", job_id)
            supervisor.land(job_id)
        except (PackRefused, JobError) as refused:
            assert str(refused).strip()
            assert not (job_folder(workspace.root, job_id).path / "incoming").exists()
            assert (
                workspace.read_text(f"SELECT count(*) AS n FROM segment WHERE job_id = '{job_id}'")["n"][0].as_py() == 0
            )
        graph = workspace.read_text("SELECT unnest(similarities) AS similarity FROM neighbour_list")
        assert np.isfinite(graph["similarity"].to_numpy()).all()

    return one


_ACTIONS = (
    *(
        "start",
        "cancel",
        "resume",
        "retry",
        "land",
        "job",
        "snapshot",
        "freeze",
        "export-decisions",
    ),
    *(
        "merge-decisions",
        "people-are-blurred",
    ),
)
_ARGUMENTS = (
    *(
        "kind",
        "dataset",
        "parameters",
        "job_id",
        "name",
        "note",
        "who",
        "target",
        "source",
        "conflicts",
    ),
    *(
        "dry_run",
        "hold",
        "trusted",
    ),
)


def _requests() -> st.SearchStrategy[Any]:
    action, names = st.sampled_from(_ACTIONS), st.sampled_from(_ARGUMENTS)
    arguments = st.dictionaries(names | texts(), json_values() | st.just("birds"), max_size=4)
    return st.one_of(
        st.fixed_dictionaries({"action": action, "arguments": arguments}),
        json_values(),
        damaged([b'{"action": "cancel", "arguments": {"job_id": "a"}}']),
    )


def _mailbox(folder: Path) -> Try:
    workspace, _ = _birds(folder)
    supervisor = Supervisor(workspace)
    inbox = workspace.root / "inbox"
    inbox.mkdir()

    def one(drawn: object) -> None:
        (inbox / "0123456789abcdef.json").write_bytes(drawn if isinstance(drawn, bytes) else _as_json(drawn))
        supervisor.tick()
        reply = json.loads((inbox / "0123456789abcdef.reply.json").read_text(encoding="utf-8"))
        assert set(reply) in ({"error"}, {"value"})
        for path in inbox.iterdir():
            path.unlink()
        for job in supervisor.active():
            supervisor.cancel(job.id)
        assert find_dataset(workspace, "birds").id

    return one


# The app: addresses and links


def _app(folder: Path) -> None:
    import os

    os.environ["VITRINE_WORKSPACE"] = str(folder / "w")
    workspace = open_workspace(folder / "w")
    checked_birds(workspace)
    workspace.close()
    owner.get().supervisor.devices = list  # type: ignore[method-assign,assignment]  # no process of torch for each


_QUERIES = (
    *(
        "class",
        "low",
        "high",
        "n",
        "s",
        "hide",
        "measure",
        "colour",
        "token",
        "acts",
        "id",
        "who",
    ),
    *(
        "dataset",
        "picture",
        "q",
    ),
)
_LINK_WORDS = (
    *(
        "dataset",
        "picture",
        "page",
        "from",
        "alike",
        "near",
        "k",
        "pair",
        "sample",
        "queue",
        "by",
    ),
    *(
        "seed",
        "floor",
        "sheet",
        "cluster",
        "cosine",
        "classes",
        "bits",
        "cut",
        "line",
        "score",
    ),
    *(
        "selection",
        "opacity",
        "pictures",
        "temperature",
        "overlap",
        "space",
        "set",
        "against",
        "view",
    ),
    *(
        "run",
        "other",
        "split",
        "class",
        "label",
        "colour",
        "reason",
        "sort",
        "kind",
        "job_page",
    ),
    *(
        "file_reason_page",
        "label_reason_page",
        "who",
        "q",
        "name",
        "version",
        "metric",
        "scale",
    ),
)


def _addresses() -> st.SearchStrategy[tuple[str, str, dict[str, str], bytes, dict[str, str]]]:
    paths = [route.path for route in (*media.ROUTES, *registry.routes())]
    piece = st.one_of(st.integers(-1, 30).map(str), texts()).map(lambda text: text.encode(errors="replace").decode())
    body = st.one_of(json_values().map(_as_json), damaged([b'{"token": "a", "acts": [{"id": 1, "act": "keep"}]}']))
    headers = st.dictionaries(
        st.sampled_from(["Origin", "Sec-Fetch-Site", "If-None-Match", "Range", "Content-Type"]),
        piece.map(lambda text: "".join(each for each in text if " " < each < "\x7f")[:200]),
        max_size=2,
    )
    filled = st.tuples(st.sampled_from(paths), st.lists(piece, min_size=4, max_size=4)).map(
        lambda drawn: _filled(*drawn)
    )
    queries = st.dictionaries(st.sampled_from(_QUERIES), piece, max_size=3)
    return st.tuples(st.sampled_from(["GET", "POST", "HEAD", "PUT", "OPTIONS"]), filled, queries, body, headers)


def _filled(path: str, pieces: list[str]) -> str:
    from urllib.parse import quote

    for text in pieces:
        before, brace, rest = path.partition("{")
        if not brace:
            break
        path = before + quote(text, safe="") + rest.partition("}")[2]
    return path


def _routes(folder: Path) -> Try:
    _app(folder)
    client = TestClient(Starlette(routes=[*media.ROUTES, *registry.routes()]), base_url="http://localhost:8501")

    def one(drawn: tuple[str, str, dict[str, str], bytes, dict[str, str]]) -> None:
        method, path, query, body, headers = drawn
        if not path.startswith("/"):
            return
        answer = client.request(method, path, params=query, content=body, headers=headers, follow_redirects=False)
        assert answer.status_code < 500, answer.status_code

    return one


def _links() -> st.SearchStrategy[tuple[str, dict[str, str]]]:
    folders = list(registry.all_pages())
    value = st.one_of(st.integers(-1, 40).map(str), st.just("birds"), texts()).map(
        lambda text: text.encode(errors="replace").decode()
    )
    return st.tuples(st.sampled_from(folders), st.dictionaries(st.sampled_from(_LINK_WORDS), value, max_size=6))


def _pages(folder: Path) -> Try:
    _app(folder)

    def one(drawn: tuple[str, dict[str, str]]) -> None:
        page, query = drawn
        app = visit(f"{page}/page.py", **query)
        assert not app.exception, app.exception
        assert not any("This page stopped" in error.value for error in app.error), app.error

    return one


TARGETS = {
    "label files": Target(_label_files(), _read_labels),
    "pictures": Target(damaged(_pictures()), _decode),
    "pictures with notes": Target(damaged(_noted()), _without_notes),
    "folders": Target(_folders(), _import),
    "COCO files": Target(changed(_COCO), _coco),
    "predictions": Target(_prediction_files(), _predictions),
    "zips": Target(damaged(_zips()), _unpack),
    "decisions files": Target(st.one_of(changed(_DECISIONS), damaged([_as_json(_DECISIONS)])), _decisions),
    "results zips": Target(_segments(), _results),
    "requests": Target(_requests(), _mailbox),
    "routes": Target(_addresses(), _routes),
    "deep links": Target(_links(), _pages),
}
