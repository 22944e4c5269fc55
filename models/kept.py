"""Arrays that take seconds to compute and are always the same, kept on this machine between processes.

They lie in the user's folder for caches (`VITRINE_CACHE` names another), and may be thrown away at any time.
"""

import contextlib
import os
import secrets
from collections.abc import Callable
from pathlib import Path

import numpy as np

from models.arrays import Floats


def kept(name: str, make: Callable[[], Floats], *, shape: tuple[int, ...]) -> Floats:
    """The float32 array (of `shape`) kept under `name`, which says all that it depends on; made where there is none.

    What cannot be read, or is no such array, is made again; what cannot be kept is only slower.
    """
    path = folder() / f"{name}.npy"
    found = _read(path, shape=shape)
    if found is None:
        found = np.asarray(make(), np.float32)
        with contextlib.suppress(OSError):
            _write(path, found)
    return found


def folder() -> Path:
    """Where they are kept on this machine."""
    named = os.environ.get("VITRINE_CACHE")
    if named:
        return Path(named)
    above = os.environ.get("XDG_CACHE_HOME") or os.environ.get("LOCALAPPDATA")
    try:
        return (Path(above) if above else Path.home() / ".cache") / "vitrine"
    except RuntimeError:  # nobody's home
        return Path(os.devnull) / "vitrine"


def _read(path: Path, *, shape: tuple[int, ...]) -> Floats | None:
    try:
        found = np.load(path, allow_pickle=False)
    except (OSError, ValueError, EOFError):
        return None
    is_right = isinstance(found, np.ndarray) and found.shape == shape and found.dtype == np.float32
    return found if is_right and np.isfinite(found).all() else None


def _write(path: Path, array: Floats) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        with part.open("wb") as file:
            np.save(file, array)
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)
