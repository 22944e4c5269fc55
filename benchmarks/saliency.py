"""Which map says best where a network looks: CAM and Grad-CAM by three measures, and what each costs.

    python benchmarks/saliency.py --workspace W --run N [--pictures 200]

Pointing: a mosaic of four evaluation pictures of four classes, each told well by the network; the share of a class's
positive evidence that lies in its own quarter (an even map: 25 %). Erased: the quarter of a picture with the most
evidence is made grey; how far the class's probability falls, beside a quarter at random and the one in the middle.
"""

import argparse
import time
from pathlib import Path

import numpy as np

from analytics.saliency_maps import enlarged
from importers.pixels import read_square
from models import saliency
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
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--workspace", type=Path, required=True)
    parser.add_argument("--run", type=int, required=True)
    parser.add_argument("--pictures", type=int, default=200)
    given = parser.parse_args()
    network, pixels, labels = told_well(given.workspace, given.run, n=given.pictures)
    print(f"{len(pixels)} pictures of {pixels.shape[1]} pixels, {len(np.unique(labels))} classes")
    mosaics, asked, quarters = make_mosaics(pixels, labels)
    print("| way | in its own quarter | right quarter | same for all | erased: falls by | ms a picture |")
    print("|---|---|---|---|---|---|")
    for title, (method, stride) in WAYS.items():
        saliency.stride_for = lambda side, stride=stride: stride
        inside, right = pointing(network, mosaics, asked, quarters, method=method)
        began = time.perf_counter()
        maps = by_batches(network, pixels, labels[:, None], method=method)
        milliseconds = 1000 * (time.perf_counter() - began) / len(pixels)
        fall = erased(network, pixels, labels, list(maps))
        print(f"| {title} | {inside:.1%} | {right:.1%} | {same_for_all(maps):.0%} | {fall:.3f} | {milliseconds:.1f} |")
    rng = np.random.default_rng(1)
    chance = [rng.random((4, 4)).astype(np.float32) for _ in pixels]
    middle = [np.pad(np.ones((4, 4), np.float32), 2) for _ in pixels]
    for title, maps in (("a quarter at random", chance), ("the quarter in the middle", middle)):
        print(f"| {title} | | | | {erased(network, pixels, labels, maps):.3f} | |")


def told_well(root: Path, run_id: int, *, n: int) -> tuple[object, np.ndarray, np.ndarray]:
    """The network, and pictures (n, side, side, 3) that it gives their label with SURE at least, classes in turn."""
    workspace = open_workspace(root)
    dataset, run = next(
        (dataset, run)
        for dataset in list_datasets(workspace)
        for run in list_training_runs(workspace, dataset.id)
        if run.run_id == run_id
    )
    per_class: dict[int, list[int]] = {}
    for row in judged_pictures(workspace, dataset.id, train_run=run_id, order="shuffled", n_rows=10**6).to_pylist():
        if row["label_share"] is not None and row["label_share"] >= SURE:
            per_class.setdefault(row["label"], []).append(row["image_id"])
    most = max(1, n // len(per_class))
    chosen = [(label, image_id) for label, ids in per_class.items() for image_id in ids[:most]]
    files = [picture_file(workspace, image_id) for _, image_id in chosen]
    pixels = np.stack([read_square(Path(file.root) / file.path, side=int(run.parameters["side"])) for file in files])
    network = load_classifier(weights_file(workspace, run_id), architecture=run.model)
    workspace.close()
    return network, pixels, np.array([label for label, _ in chosen])


def make_mosaics(pixels: np.ndarray, labels: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """100 mosaics (m, 2 side, 2 side, 3) of four classes, their classes (m, 4), and each one's quarter (4,)."""
    rng, mosaics, asked = np.random.default_rng(0), [], []
    for _ in range(100):
        classes = rng.choice(np.unique(labels), 4, replace=False)
        four = [pixels[rng.choice(np.flatnonzero(labels == label))] for label in classes]
        mosaics.append(np.vstack([np.hstack(four[:2]), np.hstack(four[2:])]))
        asked.append(classes)
    return np.stack(mosaics), np.array(asked), np.arange(4)


def by_batches(network: object, pixels: np.ndarray, classes: np.ndarray, *, method: str) -> np.ndarray:
    """(n, k, h, w) maps."""
    parts = [slice(first, first + 16) for first in range(0, len(pixels), 16)]
    found = [look(network, pixels[part], classes=classes[part], method=method).maps for part in parts]
    return np.concatenate(found)


def pointing(
    network: object, mosaics: np.ndarray, asked: np.ndarray, quarters: np.ndarray, *, method: str
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


def erased(network: object, pixels: np.ndarray, labels: np.ndarray, maps: list[np.ndarray]) -> float:
    """How far the probability of the label falls when the quarter with the most evidence is made grey."""
    side, changed = pixels.shape[1], pixels.copy()
    for picture, values in zip(changed, maps, strict=True):
        values = values.reshape(values.shape[-2:])
        large = enlarged(values, stride=side // len(values), side=side, size=side)
        order = np.argsort(-large, axis=None, kind="stable")[: side * side // 4]
        picture.reshape(-1, 3)[order] = picture.reshape(-1, 3).mean(axis=0)
    return float(np.mean(probability(network, pixels, labels) - probability(network, changed, labels)))


def probability(network: object, pixels: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """(n,) of the labels."""
    none = np.zeros((16, 0), np.int64)
    parts = [pixels[first : first + 16] for first in range(0, len(pixels), 16)]
    seen = [look(network, part, classes=none[: len(part)], method="grad-cam-4") for part in parts]
    logits = np.concatenate([each.logits for each in seen])
    shares = np.exp(logits - logits.max(axis=1, keepdims=True))
    return (shares / shares.sum(axis=1, keepdims=True))[np.arange(len(labels)), labels]


if __name__ == "__main__":
    main()
