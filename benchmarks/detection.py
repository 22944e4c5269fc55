"""Detection: throughput against the bare forward pass and a plain loop; the page's queries on a million objects.

python benchmarks/detection.py --model FILE.onnx --pictures FOLDER [--width 4000]
python benchmarks/detection.py --model torchvision/fasterrcnn_mobilenet_v3_large_320_fpn --pictures FOLDER
python benchmarks/detection.py --rows 1000000 [--script]
"""

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torchvision.io import ImageReadMode, read_image
from torchvision.transforms.functional import convert_image_dtype

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from analytics.boxes import suppress
from benchmarks.support.app import check, open_page
from benchmarks.support.synthetic import DATASET_ID, DETECTED, PER_IMAGE, add_detections, make_workspace
from benchmarks.support.table import print_header, print_row
from benchmarks.support.timing import conditions, peak_mb, seconds_of
from importers.picture import read_picture
from jobs.detect.job import Limits, kept_objects
from models.backends import import_onnxruntime, usable_cores
from models.detect_stream import ScannedPicture, iter_detections
from models.detection import load_detector
from models.detector import DetectorSettings
from models.detector_torchvision import build
from store import detections
from store.connection import Workspace
from store.detections import ObjectFilters

LIMITS = Limits(score_floor=0.1, nms_iou=0.5, max_objects=300)


def main() -> None:
    """Print a table of the throughput, of the queries, and of the page's script, as asked for."""
    asked = _arguments()
    print(conditions())
    if asked.model and asked.pictures and asked.width:
        with tempfile.TemporaryDirectory() as folder:
            enlarge(asked.pictures, Path(folder), width=asked.width)
            throughput(asked.model, Path(folder), n=asked.n, repeat=asked.repeat)
    elif asked.model and asked.pictures:
        throughput(asked.model, asked.pictures, n=asked.n, repeat=asked.repeat)
    if asked.rows:
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder) / "w"
            workspace = make_workspace(root, n=max(asked.rows * 2 // PER_IMAGE, 1), n_classes=10)
            add_detections(workspace)
            page(workspace)
            workspace.close()
            if asked.script:
                script(root)
    print(f"\npeak memory {peak_mb():,.0f} MB")


def enlarge(source: Path, target: Path, *, width: int) -> None:
    """JPEG copies of the pictures of a folder, `width` pixels wide, as a camera would have written them."""
    for path in sorted(source.glob("*.jpg")):
        with Image.open(path) as image:
            size = width, round(image.height * width / image.width)
            image.convert("RGB").resize(size, Image.Resampling.BICUBIC).save(target / path.name, quality=92)


def throughput(model: str, folder: Path, *, n: int, repeat: int) -> None:
    """Seconds for `n` pictures of a folder in three ways, taken in turn; medians."""
    paths = sorted(path for path in folder.iterdir() if path.suffix.lower() in (".jpg", ".jpeg", ".png"))[:n]
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
    print_header("way", "n", "seconds", "pictures a second", "processor s")
    for way, value in medians.items():
        spent = statistics.median(on_cpu[way])  # hardly changes with what else the machine does
        print_row(way, len(paths), f"{value:.2f}", f"{len(paths) / value:.1f}", f"{spent:.2f}")
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


def page(workspace: Workspace) -> None:
    """Milliseconds of every query of the page on made-up objects: the first time, and again for another score."""
    run = {"run_id": DETECTED}
    ids = list(range(1, 25))
    spent: dict[str, list[float]] = {}
    for score in (0.3, 0.5):
        wanted = ObjectFilters(score, classes=(0,), min_objects=2)
        queries: dict[str, Callable[[], object]] = {
            "totals": lambda s=score: detections.totals(workspace, DATASET_ID, **run, score=s),
            "counts by class": lambda s=score: detections.counts(workspace, DATASET_ID, **run, score=s),
            "pictures that fit": lambda w=wanted: detections.count_pictures(workspace, DATASET_ID, **run, filters=w),
            "one page of them": lambda w=wanted: detections.list_pictures(
                workspace, DATASET_ID, **run, filters=w, first=0, n_rows=24
            ),
            "their boxes": lambda s=score: detections.boxes_of(workspace, **run, image_ids=ids, score=s),
        }
        views = {
            "objects per picture": lambda s=score: detections.objects_per_picture(
                workspace, DATASET_ID, **run, score=s, classes=(0,)
            ),
            "classes that meet": lambda s=score: detections.together(workspace, DATASET_ID, **run, score=s),
            "places": lambda s=score: detections.grid(
                workspace, DATASET_ID, **run, score=s, classes=None, cells=24, of="places"
            ),
            "by label": lambda s=score: detections.by_label(workspace, DATASET_ID, **run, score=s),
        }
        found = {name: seconds_of(work) for name, work in queries.items()}
        found["all of these: the page of pictures"] = sum(found.values())
        found |= {f"a view of its own: {name}": seconds_of(work) for name, work in views.items()}
        for name, seconds in found.items():
            spent.setdefault(name, []).append(1000 * seconds)
    print_header("query", "nothing cached, ms", "the slider moved, ms")
    for name, (first, moved) in spent.items():
        print_row(name, f"{first:.0f}", f"{moved:.0f}")


def script(root: Path) -> None:
    """Milliseconds of the page's whole script: the first run, again, and after a move of the slider."""
    app = open_page(root, "detections/page.py")
    from pages.ui import owner

    print_header("the page's script", "ms")
    for what, score in (("first", None), ("again", None), ("again", None), ("slider", 0.5), ("slider", 0.6)):
        if score:
            app.slider(key="score").set_value(score)
        print_row(what, f"{1000 * seconds_of(app.run):.0f}")
        check(app)
    owner.close()


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", help="an ONNX file, or one of torchvision's, whose weights are then random")
    parser.add_argument("--pictures", type=Path)
    parser.add_argument("--n", type=int, help="so many of them; all by default")
    parser.add_argument("--width", type=int, default=0, help="enlarge the pictures to so many pixels first")
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--rows", type=int, default=0, help="objects of the synthetic workspace")
    parser.add_argument("--script", action="store_true", help="also run the page's whole script")
    return parser.parse_args()


if __name__ == "__main__":
    main()
