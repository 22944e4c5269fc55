"""Images a second of training a ResNet-34 at 64x64, against ImageFolder + DataLoader + an eager float32 loop.

    python benchmarks/training.py --pictures DIR [--batches 20] [--batch-size 64] [--rounds 3] [--device cpu|cuda:0]

DIR: a folder of JPEG or PNG pictures, none below it; they are put into ten class folders by links, for ImageFolder.
Both ways take turns in one run. Beside seconds of wall time stand seconds of processor time, which other processes
disturb less. On a GPU use --batch-size 512 --batches 200: the bar is 15,000 images a second.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch
import torchvision

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.support.table import print_header, print_row
from benchmarks.support.timing import conditions
from importers.pixels import pixels_of
from jobs.train.results import validation_scores
from models.protocol import Protocol
from models.training import Trainer, TrainingData

SIDE, N_CLASSES = 64, 10


PLAIN, OURS = "ImageFolder + DataLoader, eager float32", "the job's trainer"


def main() -> None:
    """Print a table."""
    given = _arguments()
    files = sorted(path for path in given.pictures.iterdir() if path.suffix.lower() in (".jpg", ".jpeg", ".png"))
    files = files[: given.batches * given.batch_size]
    with tempfile.TemporaryDirectory() as folder:
        loops = {PLAIN: plain_loop(files, Path(folder), given), OURS: our_loop(files, Path(folder), given)}
        found: dict[str, list[tuple[float, float]]] = {name: [] for name in loops}
        for loop in loops.values():
            next(loop)  # the first round warms up
        for _ in range(given.rounds):
            for name, loop in loops.items():
                found[name].append(timed(loop, given.device))
    n = len(files)
    print(f"{conditions()}, {given.device}, {torch.get_num_threads()} threads")
    print_header("way", "n", "images/s", "images a second of processor time")
    rates = {}
    for name, rounds in found.items():
        rates[name] = [n / float(np.median(seconds)) for seconds in zip(*rounds, strict=True)]
        print_row(name, f"{n:,}", *(f"{rate:.1f}" for rate in rates[name]))
    wall, work = (ours / plain for ours, plain in zip(rates[OURS], rates[PLAIN], strict=True))
    print(f"{wall:.2f} times as fast (bar 1.5), {work:.2f} times by processor time")


def timed(each: Iterator[None], device: str) -> tuple[float, float]:
    """Wall and processor seconds of one round (this process and its children)."""
    began, work = time.perf_counter(), time.process_time()
    next(each)
    if device != "cpu":
        torch.cuda.synchronize()
    return time.perf_counter() - began, time.process_time() - work


def plain_loop(files: list[Path], folder: Path, given: argparse.Namespace) -> Iterator[None]:
    """What one writes first: ImageFolder, DataLoader, float32, channels first."""
    root = folder / "classes"
    for i, file in enumerate(files):
        link = root / str(i % N_CLASSES) / file.name
        link.parent.mkdir(parents=True, exist_ok=True)
        link.symlink_to(file.resolve())
    scale = torchvision.transforms.Normalize((0.485, 0.456, 0.406), (0.229, 0.224, 0.225))
    steps = torchvision.transforms.Compose([torchvision.transforms.ToTensor(), scale])
    loader = torch.utils.data.DataLoader(
        torchvision.datasets.ImageFolder(root, steps), batch_size=given.batch_size, shuffle=True
    )
    network = torchvision.models.resnet34(num_classes=N_CLASSES).to(given.device)
    optimizer = torch.optim.SGD(network.parameters(), lr=0.05, momentum=0.9, weight_decay=5e-4)
    while True:
        for pictures, labels in loader:
            loss = torch.nn.functional.cross_entropy(network(pictures.to(given.device)), labels.to(given.device))
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        yield


def our_loop(files: list[Path], folder: Path, given: argparse.Namespace) -> Iterator[None]:
    """The trainer of the job, on the pictures decoded once."""
    pixels = pixels_of(
        [file.name for file in files],
        sha256s=[file.name for file in files],
        root=files[0].parent,
        cache=folder / "pixels.npy",
        side=SIDE,
        report=lambda done, n: None,
    )
    protocol = Protocol(epochs=1000, batch_size=given.batch_size, device=given.device, patience=0)
    labels = np.arange(len(files)) % N_CLASSES
    data = TrainingData(pixels.values, labels, pixels.rows, pixels.rows[:0], N_CLASSES)
    trainer = Trainer(data, protocol=protocol, score=validation_scores, folder=folder)
    epoch = 0
    while True:
        trainer._learn(epoch)
        epoch += 1
        yield


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pictures", type=Path, required=True)
    parser.add_argument("--batches", type=int, default=20)
    parser.add_argument("--batch-size", type=int, default=64)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--device", default="cpu")
    return parser.parse_args()


if __name__ == "__main__":
    main()
