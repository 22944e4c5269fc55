"""Images a second of every way to run EfficientNet-Lite0 on this CPU, from file to vector.

    python benchmarks/embedding.py --pictures DIR [--n 512] [--rounds 2] [--ways NAME ...]

Each way runs in a process of its own, and reads, resizes and crops its pictures as the embed job does,
overlapped with the network; "one at a time" does what the img2vec library does instead: PIL open,
torchvision transforms, a batch of one, eager float32. Loading and the first batch are not counted.
A way whose package is missing is skipped by name.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.support.child import answer
from benchmarks.support.table import print_header, print_row
from benchmarks.support.timing import conditions, peak_mb
from models.backends import OnnxBackend, TorchCpuBackend, import_onnxruntime, usable_cores
from models.batches import iter_batches
from models.networks import NormalisedNetwork, describe_network
from models.weights import find_weights

PRODUCTION = "onnxruntime float32"
REFERENCE = "torch eager float32"
ONE_BY_ONE = "one at a time, Lite0 eager"
IMG2VEC = "one at a time, ResNet-34 eager"
DIM, CROP, BATCH = 1280, 224, 64
MIN_COSINE = 0.999

Run = Callable[[np.ndarray], np.ndarray]


def main() -> None:
    """Print a table of all ways and their ratios, or (with --only) measure one way."""
    arguments = _arguments()
    if arguments.only:
        answer(lambda: measure(arguments.only, paths=_paths(arguments), vectors_file=arguments.vectors))
        return
    print(f"{conditions()}, n = {arguments.n}, best of {arguments.rounds}; production: {PRODUCTION}")
    with tempfile.TemporaryDirectory() as folder:
        rows = _best_of_rounds(arguments, Path(folder))
        reference = np.load(Path(folder) / f"{list(WAYS).index(REFERENCE)}.npy")
        for row in rows:
            row["cosine"] = _min_cosine(Path(folder) / f"{list(WAYS).index(row['way'])}.npy", reference)
    _print(rows)


def measure(name: str, *, paths: list[Path], vectors_file: Path) -> dict[str, object]:
    """Run one way over the pictures: images a second, seconds, peak memory; its vectors go to a file."""
    import torch

    warnings.simplefilter("ignore")  # of torch.export and torch.compile, about themselves
    torch.set_num_threads(usable_cores())
    if name in (ONE_BY_ONE, IMG2VEC):
        vectors, seconds, cpu_seconds = _one_at_a_time(paths, resnet=name == IMG2VEC)
    else:
        vectors, seconds, cpu_seconds = _in_batches(WAYS[name](), paths)
    np.save(vectors_file, vectors)
    row = {"way": name, "n": len(vectors), "seconds": seconds, "rate": len(vectors) / seconds}
    return row | {"cpu_ms": 1000 * cpu_seconds / len(vectors), "peak_mb": peak_mb()}


def _in_batches(run: Run, paths: list[Path]) -> tuple[np.ndarray, float, float]:
    """The real job's loop. One more batch goes first, uncounted: what it fills is filled once a run."""
    from importers.picture import read_picture

    preprocess = describe_network("efficientnet-lite0").preprocess
    rng = np.random.default_rng(0)
    run(rng.integers(0, 256, (BATCH, CROP, CROP, 3), dtype=np.uint8))
    began, cpu_began = time.perf_counter(), time.process_time()
    batches = iter_batches(
        enumerate(paths),
        read=lambda path, min_side: read_picture(path, min_side=min_side).pixels,
        preprocess=preprocess,
        batch_size=BATCH,
        n_threads=1,
    )
    vectors = np.concatenate([run(batch.pixels) for batch in batches])
    return vectors, time.perf_counter() - began, time.process_time() - cpu_began


def _one_at_a_time(paths: list[Path], *, resnet: bool) -> tuple[np.ndarray, float, float]:
    """What img2vec does, with Lite0 or with a ResNet-34 (of random weights: the time is the same)."""
    import torch
    import torchvision
    from PIL import Image
    from torchvision import transforms
    from torchvision.transforms import InterpolationMode

    if resnet:
        model = torchvision.models.resnet34(weights=None).eval()
        model.fc = torch.nn.Identity()
        steps = [transforms.Resize(224), transforms.CenterCrop(224), transforms.ToTensor()]
        steps += [transforms.Normalize((0.485, 0.456, 0.406), (0.229, 0.224, 0.225))]
    else:
        model = _network().features
        steps = [transforms.Resize(256, interpolation=InterpolationMode.BICUBIC), transforms.CenterCrop(224)]
        steps += [transforms.ToTensor(), transforms.Normalize((127 / 255,) * 3, (128 / 255,) * 3)]
    to_input = transforms.Compose(steps)

    def vector(path: Path) -> np.ndarray:
        with torch.no_grad():
            return model(to_input(Image.open(path).convert("RGB")).unsqueeze(0)).numpy()[0]

    vector(paths[0])
    paths = paths[: max(len(paths) // 4, 1)]  # it is slow, and steady
    began, cpu_began = time.perf_counter(), time.process_time()
    vectors = np.stack([vector(path) for path in paths])
    return vectors, time.perf_counter() - began, time.process_time() - cpu_began


def _network() -> NormalisedNetwork:
    network = describe_network("efficientnet-lite0")
    key = "efficientnet-lite0"
    found = find_weights(key, origin=network.origin, weights=None, allow_download=False)
    return NormalisedNetwork(network.load(found), network.preprocess).eval()


def _torch(*, channels_last: bool, bfloat16: bool = False, compiled: bool = False, chunk: int = 16) -> Run:
    import torch

    network = _network()
    network = network.to(memory_format=torch.channels_last) if channels_last else network
    call = torch.compile(network) if compiled else network

    def run(pixels: np.ndarray) -> np.ndarray:
        with torch.inference_mode(), torch.autocast("cpu", torch.bfloat16, enabled=bfloat16):
            return torch.cat([call(part).float() for part in torch.from_numpy(pixels).split(chunk)]).numpy()

    return run


def _torch_production() -> Run:
    return TorchCpuBackend(_network()).run


def _onnxruntime() -> Run:
    return OnnxBackend(_network(), crop=CROP, n_threads=usable_cores()).run


def _onnxruntime_batches() -> Run:
    """The same exported network, a batch of 16 at once on all cores: what one would write first."""
    import torch

    onnxruntime = import_onnxruntime()
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = usable_cores()
    with tempfile.TemporaryDirectory() as folder, torch.no_grad():
        example = torch.zeros((16, CROP, CROP, 3), dtype=torch.uint8)
        path = Path(folder) / "lite0.onnx"
        torch.onnx.export(_network(), (example,), path, dynamo=True, input_names=["pixels"], verbose=False)
        session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])

    def run(pixels: np.ndarray) -> np.ndarray:
        parts = []
        for first in range(0, len(pixels), 16):
            part = pixels[first : first + 16]
            padded = np.concatenate([part, np.zeros((16 - len(part), CROP, CROP, 3), np.uint8)])
            parts.append(session.run(None, {"pixels": padded})[0][: len(part)])
        return np.concatenate(parts)

    return run


def _openvino(precision: str) -> Run:
    """One picture an inference, one inference a core, as with ONNX Runtime.

    OpenVINO's import reports itself to its maker through the package openvino_telemetry; where that
    cannot be imported it uses an empty stand-in.
    """
    sys.modules["openvino_telemetry"] = None
    import openvino
    import torch

    core = openvino.Core()
    if precision == "bf16" and "BF16" not in core.get_property("CPU", "OPTIMIZATION_CAPABILITIES"):
        raise ImportError("this CPU has no bfloat16")
    example = torch.zeros((1, CROP, CROP, 3), dtype=torch.uint8)
    model = openvino.convert_model(torch.export.export(_network(), (example,), strict=False))
    model.reshape([1, CROP, CROP, 3])
    n = usable_cores()
    options = {"INFERENCE_PRECISION_HINT": precision, "INFERENCE_NUM_THREADS": n, "NUM_STREAMS": n}
    queue = openvino.AsyncInferQueue(core.compile_model(model, "CPU", options), n)

    def run(pixels: np.ndarray) -> np.ndarray:
        vectors = np.empty((len(pixels), DIM), dtype=np.float32)

        def keep(request: object, row: int) -> None:
            vectors[row] = request.get_output_tensor(0).data[0]

        queue.set_callback(keep)
        for row in range(len(pixels)):
            queue.start_async({0: pixels[row : row + 1]}, row)
        queue.wait_all()
        return vectors

    return run


WAYS: dict[str, Callable[[], Run] | None] = {
    ONE_BY_ONE: None,
    IMG2VEC: None,
    REFERENCE: lambda: _torch(channels_last=False),
    "torch channels-last float32": _torch_production,
    "torch channels-last float32, batch 64": lambda: _torch(channels_last=True, chunk=64),
    "torch compile float32": lambda: _torch(channels_last=True, compiled=True),
    "torch channels-last bfloat16": lambda: _torch(channels_last=True, bfloat16=True),
    "onnxruntime float32, batch 16": _onnxruntime_batches,
    PRODUCTION: _onnxruntime,
    "openvino float32": lambda: _openvino("f32"),
    "openvino bfloat16": lambda: _openvino("bf16"),
}


def _best_of_rounds(arguments: argparse.Namespace, folder: Path) -> list[dict]:
    """The fastest round of each way that can run: others on the machine only ever slow one down.

    The rounds go through all the ways in turn, so that a slow minute does not fall on one of them.
    """
    best: dict[str, dict] = {}
    skipped: set[str] = set()
    for _ in range(arguments.rounds):
        for name in arguments.ways:
            if name in skipped:
                continue
            row = _in_a_process(name, arguments, folder)
            if not row:
                skipped.add(name)
            elif name not in best or row["rate"] > best[name]["rate"]:
                best[name] = row
    return [best[name] for name in WAYS if name in best]


def _in_a_process(name: str, arguments: argparse.Namespace, folder: Path) -> dict:
    """One round of one way; {} if it cannot run here."""
    vectors = folder / f"{list(WAYS).index(name)}.npy"
    command = [sys.executable, __file__, "--pictures", str(arguments.pictures), "--n", str(arguments.n)]
    command += ["--only", name, "--vectors", str(vectors)]
    ran = subprocess.run(command, capture_output=True, text=True)  # some ways cannot run on some processors
    row = json.loads(ran.stdout.splitlines()[-1]) if ran.returncode == 0 else {"missing": _last_line(ran.stderr)}
    if "missing" in row:
        print(f"Skipped {name}: {row['missing']}.", flush=True)
        return {}
    print(f"  {name}: {row['rate']:.1f} images/s", file=sys.stderr, flush=True)
    return row


def _last_line(text: str) -> str:
    return text.strip().splitlines()[-1].rstrip(".")


def _min_cosine(path: Path, reference: np.ndarray) -> float | None:
    vectors = np.load(path)
    if vectors.shape[1] != reference.shape[1]:
        return None  # a ResNet's
    expected = reference[: len(vectors)]
    norms = np.linalg.norm(vectors, axis=1) * np.linalg.norm(expected, axis=1)
    return float(((vectors * expected).sum(1) / norms).min())


def _print(rows: list[dict]) -> None:
    print_header("way", "n", "seconds", "images/s", "CPU ms/image", "peak MB", "least cosine to eager float32")
    for row in rows:
        cosine = None if row["cosine"] is None else f"{row['cosine']:.5f}"
        speed = f"{row['seconds']:.2f}", f"{row['rate']:.1f}", f"{row['cpu_ms']:.1f}"
        print_row(row["way"], row["n"], *speed, f"{row['peak_mb']:,.0f}", cosine)
    rate = {row["way"]: row["rate"] for row in rows}
    exact = [row["rate"] for row in rows if (row["cosine"] or 0) > MIN_COSINE]
    ours = rate[PRODUCTION]
    print_header("production against", "times", "bar")
    print_row("one at a time, Lite0", f"{ours / rate[ONE_BY_ONE]:.2f}", "at least 4")
    print_row("one at a time, ResNet-34 (img2vec)", f"{ours / rate[IMG2VEC]:.2f}", "at least 4")
    print_row(f"the fastest with cosine > {MIN_COSINE}: its speed", f"{max(exact) / ours:.2f}", "at most 1.3")
    print_row("the fastest of all, whatever its vectors: its speed", f"{max(rate.values()) / ours:.2f}", "none")


def _paths(arguments: argparse.Namespace) -> list[Path]:
    found = sorted(p for p in arguments.pictures.rglob("*") if p.suffix.lower() in (".jpg", ".jpeg", ".png"))
    if not found:
        raise SystemExit(f"{arguments.pictures} holds no JPEG or PNG picture.")
    return found[: arguments.n]


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pictures", type=Path, required=True, help="a folder of JPEG or PNG pictures")
    parser.add_argument("--n", type=int, default=512, help="how many of them (512)")
    parser.add_argument("--rounds", type=int, default=2, help="each way runs so often; the best counts (2)")
    parser.add_argument("--ways", nargs="+", choices=list(WAYS), default=list(WAYS), help="all of them by default")
    parser.add_argument("--only", choices=list(WAYS), help=argparse.SUPPRESS)
    parser.add_argument("--vectors", type=Path, help=argparse.SUPPRESS)
    return parser.parse_args()


if __name__ == "__main__":
    main()
