"""Detection: throughput against the bare forward pass and a plain loop; the page's queries on a million objects.

python benchmarks/detection.py --model FILE.onnx --pictures FOLDER [--width 4000]
python benchmarks/detection.py --model torchvision/fasterrcnn_mobilenet_v3_large_320_fpn --pictures FOLDER
python benchmarks/detection.py --rows 1000000 [--script]
"""

import argparse
import os
import resource
import statistics
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pyarrow as pa
import torch
from PIL import Image
from torchvision.io import ImageReadMode, read_image
from torchvision.transforms.functional import convert_image_dtype

from analytics.boxes import suppress
from importers.picture import read_picture
from jobs.detect.job import SCHEMA, Limits, kept_objects
from models.backends import import_onnxruntime, usable_cores
from models.detect_stream import ScannedPicture, iter_detections
from models.detection import load_detector
from models.detector import DetectorSettings
from models.detector_torchvision import build
from store import detections
from store.connection import Workspace, open_workspace
from store.datasets import ensure_dataset
from store.detections import WantedPictures, land_detections
from store.runs import RunStart, finish_run, new_run_id, start_run

LIMITS = Limits(score_floor=0.1, nms_iou=0.5, max_objects=300)


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", help="an ONNX file, or one of torchvision's, whose weights are then random")
    parser.add_argument("--pictures", type=Path)
    parser.add_argument("--width", type=int, default=0, help="enlarge the pictures to so many pixels first")
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--rows", type=int, default=0)
    parser.add_argument("--script", action="store_true", help="also run the page's whole script")
    asked = parser.parse_args()
    if asked.model and asked.pictures and asked.width:
        with tempfile.TemporaryDirectory() as folder:
            enlarge(asked.pictures, Path(folder), width=asked.width)
            throughput(asked.model, Path(folder), repeat=asked.repeat)
    elif asked.model and asked.pictures:
        throughput(asked.model, asked.pictures, repeat=asked.repeat)
    if asked.rows:
        page(asked.rows)
    if asked.rows and asked.script:
        script(asked.rows)
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:,.0f} MB")


def enlarge(source: Path, target: Path, *, width: int) -> None:
    """JPEG copies of the pictures of a folder, `width` pixels wide, as a camera would have written them."""
    for path in sorted(source.glob("*.jpg")):
        with Image.open(path) as image:
            size = width, round(image.height * width / image.width)
            image.convert("RGB").resize(size, Image.Resampling.BICUBIC).save(target / path.name, quality=92)


def throughput(model: str, folder: Path, *, repeat: int) -> None:
    """Seconds for a folder of pictures in three ways, taken in turn; medians."""
    paths = sorted(path for path in folder.iterdir() if path.suffix.lower() in (".jpg", ".jpeg", ".png"))
    with tempfile.TemporaryDirectory() as kept:
        if model.startswith("torchvision/"):
            weights = random_weights(model, Path(kept) / "random.pt")
            loop = torchvision_loop(model, weights)
            detector = load_detector(DetectorSettings(model, weights=str(weights)))
        else:
            loop = onnx_loop(Path(model))
            detector = load_detector(DetectorSettings("onnx", weights=model))
    ready = [detector.prepare(read_picture(path).pixels, width=1, height=1) for path in paths]
    ways: dict[str, Callable[[], None]] = {
        "bare forward pass, inputs in memory": lambda: bare(detector, ready),
        "Vitrine, from files to boxes": lambda: stream(detector, paths),
        "a loop, one picture at a time": lambda: loop(paths),
    }
    seconds: dict[str, list[float]] = {way: [] for way in ways}
    on_cpu: dict[str, list[float]] = {way: [] for way in ways}
    for _ in range(repeat):
        for way, work in ways.items():
            began, began_cpu = time.perf_counter(), time.process_time()
            work()
            seconds[way].append(time.perf_counter() - began)
            on_cpu[way].append(time.process_time() - began_cpu)
    medians = {way: statistics.median(values) for way, values in seconds.items()}
    least, ours, loop = medians.values()
    for way, value in medians.items():
        spent = statistics.median(on_cpu[way])  # hardly changes with what else the machine does
        print(f"{way:40} {value:7.2f} s  {len(paths) / value:6.1f} pictures a second, {spent:.2f} s of processor")
    print(f"of the bare forward pass: {ours / least:.2f} (bar 1.1); faster than the loop: {loop / ours:.2f} (bar 1.5)")


def bare(detector: object, ready: list[object]) -> None:
    """The forward pass alone, on all cores."""
    with ThreadPoolExecutor(usable_cores()) as pool:
        list(pool.map(detector.detect, ready))


def stream(detector: object, paths: list[Path]) -> None:
    """What the job does."""

    def read(path: Path, min_side: int) -> tuple[np.ndarray, int, int]:
        picture = read_picture(path, min_side=min_side)
        return picture.pixels, picture.width, picture.height

    def then(picture: ScannedPicture) -> None:
        kept_objects(picture.detections, width=picture.width, height=picture.height, limits=LIMITS)

    items = enumerate(paths)
    for _ in iter_detections(items, read=read, detector=detector, n_threads=usable_cores(), then=then):
        pass


def onnx_loop(model: Path) -> Callable[[list[Path]], None]:
    """What one writes first: open, resize, run with ONNX Runtime's own settings, suppress; picture after picture."""
    onnxruntime = import_onnxruntime()
    session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
    given = session.get_inputs()[0]
    channels_first = given.shape[1] == 3
    side = given.shape[2]

    def loop(paths: list[Path]) -> None:
        for path in paths:
            with Image.open(path) as image:
                pixels = np.asarray(image.convert("RGB").resize((side, side)), np.float32)[None]
            rows = session.run(None, {given.name: pixels.transpose(0, 3, 1, 2) if channels_first else pixels})[0]
            rows = rows.reshape(-1, 6)
            rows = rows[rows[:, 4] >= LIMITS.score_floor]
            suppress(rows[:, :4], rows[:, 4], rows[:, 5], max_overlap=LIMITS.nms_iou)

    return loop


def random_weights(model: str, path: Path) -> Path:
    """A checkpoint of torchvision's network as it begins: as slow as a trained one, up to the number of its objects."""
    torch.manual_seed(0)
    network = build(model.partition("/")[2], n_outputs=91, score_floor=LIMITS.score_floor)
    torch.save(network.state_dict(), path)
    return path


def torchvision_loop(model: str, weights: Path) -> Callable[[list[Path]], None]:
    """torchvision's own example: read_image, convert, model([picture]), with PyTorch's own number of threads."""
    n_threads = torch.get_num_threads()
    network = build(model.partition("/")[2], n_outputs=91, score_floor=LIMITS.score_floor).eval()
    network.load_state_dict(torch.load(weights, weights_only=True))

    def loop(paths: list[Path]) -> None:
        before = torch.get_num_threads()
        torch.set_num_threads(n_threads)
        with torch.inference_mode():
            for path in paths:
                network([convert_image_dtype(read_image(str(path), ImageReadMode.RGB))])
        torch.set_num_threads(before)

    return loop


def page(n_rows: int) -> None:
    """Milliseconds of every query of the page on made-up objects: the first time, and again for another score."""
    with tempfile.TemporaryDirectory() as folder:
        workspace = open_workspace(Path(folder) / "w")
        dataset_id, run_id = fill(workspace, n_rows=n_rows)
        key = {"run_id": run_id}
        ids = list(range(1, 25))
        total = {0.3: 0.0, 0.5: 0.0}
        for score in total:
            wanted = WantedPictures(score, classes=(0,), least=2)
            queries: dict[str, Callable[[], object]] = {
                "totals": lambda s=score: detections.totals(workspace, dataset_id, **key, score=s),
                "counts by class": lambda s=score: detections.counts(workspace, dataset_id, **key, score=s),
                "pictures that fit": lambda w=wanted: detections.count_pictures(workspace, dataset_id, **key, wanted=w),
                "one page of them": lambda w=wanted: detections.list_pictures(
                    workspace, dataset_id, **key, wanted=w, first=0, n_rows=24
                ),
                "their boxes": lambda s=score: detections.boxes_of(workspace, **key, image_ids=ids, score=s),
            }
            views = {
                "objects per picture": lambda s=score: detections.objects_per_picture(
                    workspace, dataset_id, **key, score=s, classes=(0,)
                ),
                "classes that meet": lambda s=score: detections.together(workspace, dataset_id, **key, score=s),
                "places": lambda s=score: detections.grid(
                    workspace, dataset_id, **key, score=s, classes=None, cells=24, of="places"
                ),
                "by label": lambda s=score: detections.by_label(workspace, dataset_id, **key, score=s),
            }
            for name, work in {**queries, **views}.items():
                began = time.perf_counter()
                work()
                spent = 1000 * (time.perf_counter() - began)
                total[score] += spent if name in queries else 0
                print(f"score {score}: {name:22} {spent:7.0f} ms{'' if name in queries else '  (a view of its own)'}")
        print(f"the page of pictures, nothing cached: {total[0.3]:.0f} ms; slider moved: {total[0.5]:.0f} ms")
        workspace.close()


def script(n_rows: int) -> None:
    """Milliseconds of the page's whole script: the first run, again, and after a move of the slider."""
    from streamlit.testing.v1 import AppTest

    from pages.ui import owner

    with tempfile.TemporaryDirectory() as folder:
        os.environ["VITRINE_WORKSPACE"] = folder
        fill(owner.get().workspace, n_rows=n_rows)
        app = AppTest.from_file(str(Path(__file__).parent.parent / "pages" / "frame.py"), default_timeout=60).run()
        app.switch_page("detections/page.py")
        for what, score in (("first", 0.3), ("again", None), ("again", None), ("slider", 0.5), ("slider", 0.6)):
            if score and what == "slider":
                app.slider(key="score").set_value(score)
            began = time.perf_counter()
            app.run()
            print(f"the page's script, {what:8} {1000 * (time.perf_counter() - began):7.0f} ms")
            assert not app.exception, app.exception
        owner.close()


def fill(workspace: Workspace, *, n_rows: int) -> tuple[int, int]:
    """A dataset with a fifth as many images as objects, and the run that found them."""
    n_images, rng = n_rows // 5, np.random.default_rng(0)
    dataset = ensure_dataset(workspace, "made", root="/made", task="single", layout="flat")
    with workspace.writing(dataset.id) as cursor:
        cursor.execute(
            "INSERT INTO image SELECT i, $1, 'made/' || i || '.jpg', md5(i::VARCHAR), md5(i::VARCHAR), 0, 640, 480, "
            "1, 1, 'JPEG', 'RGB', 1, i % 10, NULL, NULL, NULL, NULL, 0, 0, 0, 0, false, false, 0, now()::TIMESTAMP "
            "FROM range(1, $2 + 1) AS made(i)",
            [dataset.id, n_images],
        )
    images = workspace.read("images_to_embed", dataset_id=dataset.id)
    run_id = new_run_id(workspace)
    with workspace.writing(dataset.id) as cursor:
        start_run(cursor, RunStart(run_id, dataset.id, "made", "detect", "onnx", {}, None, "made", 0, "cpu"))
        for first in range(0, n_images, 20_000):
            piece = images.slice(first, 20_000)
            names = {index: f"class {index}" for index in range(80)}
            land_detections(cursor, made_rows(piece, rng), names=names, run_id=run_id)
        finish_run(cursor, run_id, complete=True, seconds=1.0, figures={})
    return dataset.id, run_id


def made_rows(images: pa.Table, rng: np.random.Generator) -> pa.Table:
    """Ten objects an image for every second one, in SCHEMA; commoner classes have lower numbers."""
    counts = np.where(np.arange(images.num_rows) % 2 == 0, 10, 0)
    offsets = pa.array(np.concatenate([[0], np.cumsum(counts)]), pa.int32())
    n = int(counts.sum())
    corner, side = rng.uniform(0, 400, (n, 2)), rng.uniform(5, 80, (n, 2))
    flat = {
        "classes": np.minimum(rng.geometric(0.1, n) - 1, 79).astype(np.int32),
        "scores": rng.uniform(0.1, 1, n),
        "x1": corner[:, 0],
        "y1": corner[:, 1],
        "x2": corner[:, 0] + side[:, 0],
        "y2": corner[:, 1] + side[:, 1],
        "areas": side.prod(axis=1),
    }
    columns: dict[str, pa.Array] = {"image_id": images["image_id"], "sha256": images["sha256"]}
    columns["reason"] = pa.nulls(images.num_rows, pa.string())
    for name, values in flat.items():
        columns[name] = pa.ListArray.from_arrays(offsets, pa.array(values, SCHEMA.field(name).type.value_type))
    columns["masks"] = pa.ListArray.from_arrays(offsets, pa.nulls(n, pa.string()))
    return pa.table(columns)


if __name__ == "__main__":
    main()
