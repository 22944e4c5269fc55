"""Which map says best where a network looks: CAM and Grad-CAM by three measures, and what each costs.

    python benchmarks/saliency.py --workspace W --run N [--pictures 200]    a network that W's run N trained
    python benchmarks/saliency.py [--drawn 400] [--epochs 8]                one trained here on drawn pictures

Pointing: a mosaic of four evaluation pictures of four classes, each told well by the network; the share of a class's
positive evidence that lies in its own quarter (an even map: 25 %). Erased: the quarter of a picture with the most
evidence is made grey; how far the class's probability falls, beside a quarter at random and the one in the middle.
"""

import argparse
import sys
import time
from pathlib import Path

import numpy as np
import torch

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from analytics.saliency_maps import enlarged
from benchmarks.support.table import print_header, print_row
from benchmarks.support.timing import conditions
from importers.pixels import read_square
from models import saliency
from models.resnets import new_resnet, standardised
from models.saliency import load_classifier, look
from store.connection import open_workspace
from store.datasets import list_datasets
from store.gallery import picture_file
from store.saliency import judged_pictures
from store.training import list_training_runs, weights_file

WAYS = {
    "CAM, the network's own places": ("cam", 32),
    "CAM, every 16 pixels": ("cam", 16),
    "CAM, every 8 pixels": ("cam", 8),
    "Grad-CAM, last stage": ("grad-cam-4", 0),
    "Grad-CAM, third stage": ("grad-cam-3", 0),
    "Grad-CAM, second stage": ("grad-cam-2", 0),
}
SURE = 0.7


def main() -> None:
    """Print a row a way."""
    given = _arguments()
    if given.workspace:
        network, pixels, labels = told_well(given.workspace, given.run, n=given.pictures)
    else:
        network, pixels, labels = trained_on_drawn(given.drawn, epochs=given.epochs)
    n_classes = len(np.unique(labels))
    if n_classes < 4:
        raise SystemExit(f"The network tells only {n_classes} classes well; a mosaic takes four.")
    print(f"{conditions()}, {len(pixels)} pictures of {pixels.shape[1]} pixels, {n_classes} classes")
    mosaics, asked, quarters = make_mosaics(pixels, labels, n=given.mosaics)
    print_header("way", "in its own quarter", "right quarter", "same for all", "erased: falls by", "ms a picture")
    for title, (method, stride) in WAYS.items():
        saliency.stride_for = lambda side, stride=stride: stride
        inside, right = pointing(network, mosaics, asked, quarters, method=method)
        began = time.perf_counter()
        maps = by_batches(network, pixels, labels[:, None], method=method)
        milliseconds = 1000 * (time.perf_counter() - began) / len(pixels)
        fall = erased(network, pixels, labels, list(maps))
        shares = f"{inside:.1%}", f"{right:.1%}", f"{same_for_all(maps):.0%}"
        print_row(title, *shares, f"{fall:.3f}", f"{milliseconds:.1f}")
    rng = np.random.default_rng(1)
    chance = [rng.random((4, 4)).astype(np.float32) for _ in pixels]
    middle = [np.pad(np.ones((4, 4), np.float32), 2) for _ in pixels]
    for title, maps in (("a quarter at random", chance), ("the quarter in the middle", middle)):
        print_row(title, None, None, None, f"{erased(network, pixels, labels, maps):.3f}", None)


def trained_on_drawn(n: int, *, epochs: int) -> tuple[torch.nn.Module, np.ndarray, np.ndarray]:
    """A ResNet-18 that learnt from `n` drawn pictures, and as many others (n, 64, 64, 3) with their classes (n,).

    Pictures: a patch of one of four colours somewhere on noise.
    """
    (seen, taught), (pixels, labels) = (drawn(n, seed=seed) for seed in (1, 2))
    torch.manual_seed(801)
    network = new_resnet("resnet18", n_classes=4).train()
    optimizer = torch.optim.AdamW(network.parameters(), lr=1e-3)
    inputs, wanted = standardised(torch.from_numpy(seen).permute(0, 3, 1, 2)), torch.from_numpy(taught)
    for _ in range(epochs):
        for batch in torch.randperm(n).split(16):
            loss = torch.nn.functional.cross_entropy(network(inputs[batch]), wanted[batch])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    network = network.eval().requires_grad_(False)
    told = probability(network, pixels, labels).mean()
    print(f"trained on {n} drawn pictures: gives {n} others their class with a probability of {told:.2f} on average")
    return network, pixels, labels


def drawn(n: int, *, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Pictures (n, 64, 64, 3) uint8 and their classes (n,)."""
    rng = np.random.default_rng(seed)
    pixels, labels = rng.integers(60, 196, (n, 64, 64, 3), dtype=np.uint8), np.arange(n) % 4
    for picture, label in zip(pixels, labels, strict=True):
        x, y = rng.integers(0, 44, 2)
        picture[y : y + 20, x : x + 20] = ((220, 30, 30), (30, 220, 30), (30, 30, 220), (220, 220, 30))[label]
    return pixels, labels


def told_well(root: Path, run_id: int | None, *, n: int) -> tuple[torch.nn.Module, np.ndarray, np.ndarray]:
    """The network, and pictures (n, side, side, 3) that it gives their label with SURE at least, classes in turn.

    run_id: the run that trained it; None for the first one of the workspace.
    """
    workspace = open_workspace(root)
    dataset, run = next(
        (dataset, run)
        for dataset in list_datasets(workspace)
        for run in list_training_runs(workspace, dataset.id)
        if run_id in (None, run.run_id)
    )
    per_class: dict[int, list[int]] = {}
    for row in judged_pictures(workspace, dataset.id, train_run=run.run_id, order="shuffled", n_rows=10**6).to_pylist():
        if row["label_share"] is not None and row["label_share"] >= SURE:
            per_class.setdefault(row["label"], []).append(row["image_id"])
    most = max(1, n // max(len(per_class), 1))
    chosen = [(label, image_id) for label, ids in per_class.items() for image_id in ids[:most]]
    files = [picture_file(workspace, image_id) for _, image_id in chosen]
    pixels = np.stack([read_square(Path(file.root) / file.path, side=int(run.parameters["side"])) for file in files])
    network = load_classifier(weights_file(workspace, run.run_id), architecture=run.model)
    workspace.close()
    return network, pixels, np.array([label for label, _ in chosen])


def make_mosaics(pixels: np.ndarray, labels: np.ndarray, *, n: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Mosaics (n, 2 side, 2 side, 3) of four classes, their classes (n, 4), and each one's quarter (4,)."""
    rng, mosaics, asked = np.random.default_rng(0), [], []
    for _ in range(n):
        classes = rng.choice(np.unique(labels), 4, replace=False)
        four = [pixels[rng.choice(np.flatnonzero(labels == label))] for label in classes]
        mosaics.append(np.vstack([np.hstack(four[:2]), np.hstack(four[2:])]))
        asked.append(classes)
    return np.stack(mosaics), np.array(asked), np.arange(4)


def by_batches(network: torch.nn.Module, pixels: np.ndarray, classes: np.ndarray, *, method: str) -> np.ndarray:
    """(n, k, h, w) maps."""
    parts = [slice(first, first + 16) for first in range(0, len(pixels), 16)]
    found = [look(network, pixels[part], classes=classes[part], method=method).maps for part in parts]
    return np.concatenate(found)


def pointing(
    network: torch.nn.Module, mosaics: np.ndarray, asked: np.ndarray, quarters: np.ndarray, *, method: str
) -> tuple[float, float]:
    """The mean share of positive evidence in a class's own quarter, and how often that quarter has the most."""
    side = mosaics.shape[1]
    maps = by_batches(network, mosaics, asked, method=method)
    inside, right = [], []
    for row in maps:
        for quarter, values in zip(quarters, row, strict=True):
            energy = np.maximum(enlarged(values, stride=side // len(values), side=side, size=side), 0)
            if not energy.any():
                continue
            each = energy.reshape(2, side // 2, 2, side // 2).sum(axis=(1, 3)).ravel() / energy.sum()
            inside.append(each[quarter])
            right.append(each.argmax() == quarter)
    return float(np.mean(inside)), float(np.mean(right))


def same_for_all(maps: np.ndarray) -> float:
    """How much of the maps' unevenness is the same in every picture: 1, if they do not depend on it at all."""
    positive = np.maximum(maps[:, 0], 0)
    shares = positive / np.maximum(positive.sum(axis=(1, 2), keepdims=True), 1e-9)
    even = 1 / shares[0].size
    return float(1 - ((shares - shares.mean(axis=0)) ** 2).sum() / ((shares - even) ** 2).sum())


def erased(network: torch.nn.Module, pixels: np.ndarray, labels: np.ndarray, maps: list[np.ndarray]) -> float:
    """How far the probability of the label falls when the quarter with the most evidence is made grey."""
    side, changed = pixels.shape[1], pixels.copy()
    for picture, values in zip(changed, maps, strict=True):
        values = values.reshape(values.shape[-2:])
        large = enlarged(values, stride=side // len(values), side=side, size=side)
        order = np.argsort(-large, axis=None, kind="stable")[: side * side // 4]
        picture.reshape(-1, 3)[order] = picture.reshape(-1, 3).mean(axis=0)
    return float(np.mean(probability(network, pixels, labels) - probability(network, changed, labels)))


def probability(network: torch.nn.Module, pixels: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """(n,) of the labels."""
    none = np.zeros((16, 0), np.int64)
    parts = [pixels[first : first + 16] for first in range(0, len(pixels), 16)]
    seen = [look(network, part, classes=none[: len(part)], method="grad-cam-4") for part in parts]
    logits = np.concatenate([each.logits for each in seen])
    shares = np.exp(logits - logits.max(axis=1, keepdims=True))
    return (shares / shares.sum(axis=1, keepdims=True))[np.arange(len(labels)), labels]


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--workspace", type=Path)
    parser.add_argument("--run", type=int, help="the number of a training run; the first one's by default")
    parser.add_argument("--pictures", type=int, default=200, help="evaluation pictures to look at (200)")
    parser.add_argument("--mosaics", type=int, default=100, help="mosaics of four of them (100)")
    parser.add_argument("--drawn", type=int, default=400, help="pictures to draw without --workspace (400)")
    parser.add_argument("--epochs", type=int, default=8, help="how long to train on them (8)")
    return parser.parse_args()


if __name__ == "__main__":
    main()
