"""Vectors for benchmarks where no real ones are at hand, and more of them than there are."""

from pathlib import Path

import numpy as np

SEED, N_CENTRES, DIM, CHUNK = 801, 50, 512, 10_000


def clouds(folder: Path, n: int) -> Path:
    """A file in `folder` of (n, 512) float32: points around fifty centres, which differ most in the first dimensions.

    Written in pieces, so that it takes no memory.
    """
    rng = np.random.default_rng(SEED)
    centres = (rng.normal(size=(N_CENTRES, DIM)) * np.linspace(2, 0.1, DIM)).astype(np.float32)
    path = folder / "clouds.npy"
    out = np.lib.format.open_memmap(path, mode="w+", dtype=np.float32, shape=(n, DIM))
    for first in range(0, n, CHUNK):
        size = min(CHUNK, n - first)
        noise = rng.standard_normal((size, DIM), dtype=np.float32)
        out[first : first + size] = centres[rng.integers(N_CENTRES, size=size)] + noise
    out.flush()
    return path


def subset(path: Path, n: int, *, into: Path) -> Path:
    """A file `into` of `n` rows (or all, if there are fewer) of the vectors in `path`, drawn at random."""
    vectors = np.load(path, mmap_mode="r")
    rows = np.sort(np.random.default_rng(SEED).choice(len(vectors), min(n, len(vectors)), replace=False))
    np.save(into, vectors[rows])
    return into


def grown(path: Path, n: int, *, into: Path) -> Path:
    """A file `into` of `n` rows: those of `path`, then points around them (noise of a tenth of a row's length).

    So they lie as vectors of pictures do, however many there are.
    """
    vectors = np.load(path, mmap_mode="r")
    rng = np.random.default_rng(SEED)
    out = np.lib.format.open_memmap(into, mode="w+", dtype=np.float32, shape=(n, vectors.shape[1]))
    scale = 0.1 * float(np.linalg.norm(vectors[:1000], axis=1).mean()) / np.sqrt(vectors.shape[1])
    order = rng.permutation(len(vectors))
    for first in range(0, n, len(vectors)):
        rows = np.sort(order[: min(len(vectors), n - first)])
        noise = scale * rng.standard_normal((len(rows), vectors.shape[1]), dtype=np.float32) if first else 0
        out[first : first + len(rows)] = vectors[rows] + noise
    out.flush()
    return into
