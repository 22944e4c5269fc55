"""Features as other programs leave them: tables of ids, labels and numbers, and workspaces that hold some as points."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv as pa_csv


def clouds(n: int, *, dim: int = 16, n_classes: int = 3, seed: int = 0) -> tuple[np.ndarray, list[str]]:
    """n vectors (n, dim) float32 around a centre a class, and the classes' names."""
    rng = np.random.default_rng(seed)
    classes = np.arange(n) % n_classes
    centres = rng.normal(0, 1.5, (n_classes, dim))
    vectors = (centres[classes] + rng.normal(0, 1, (n, dim))).astype(np.float32).round(4)
    return vectors, [f"class {one}" for one in classes.tolist()]


def write_csv(
    path: Path,
    ids: list[object],
    labels: list[object],
    vectors: np.ndarray,
    *,
    header: bool = True,
    delimiter: str = ",",
) -> Path:
    """A table of id, label and a column a feature."""
    columns: dict[str, object] = {"id": ids, "label": labels}
    columns |= {f"f{n}": vectors[:, n] for n in range(vectors.shape[1])}
    options = pa_csv.WriteOptions(include_header=header, delimiter=delimiter)
    pa_csv.write_csv(pa.table(columns), path, options)
    return path
