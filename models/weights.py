"""Weights: where they are, fetching them if that was allowed, and reading them without running them."""

import hashlib
import http.client
import os
import pickle
import re
import tempfile
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import torch

from models.errors import DownloadFailed, WeightsMismatch, WeightsMissing, WeightsRefused

StateDict = Mapping[str, torch.Tensor]

_TIMEOUT_S = 15  # for a connection or a read, so that a dead network is noticed promptly
_WRAPPERS = ("state_dict", "state_dict_ema", "model", "model_state_dict", "module")


@dataclass(frozen=True)
class Origin:
    """Where a model's published weights are: in a package's file, on a hub, or at an address.

    hub_files: names to try, in order. title: how to say it to a person.
    """

    title: str
    packaged: Path | None = None
    url: str = ""
    hub_repo: str = ""
    hub_files: tuple[str, ...] = ()


@dataclass(frozen=True)
class WeightsFile:
    """A weights file on this machine. source: where it came from, for a person."""

    path: Path
    source: str

    def sha256(self) -> str:
        """Hash the file's bytes, as hex."""
        with self.path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()


def find_weights(model_key: str, *, origin: Origin | None, weights: Path | None, allow_download: bool) -> WeightsFile:
    """Find a model's weights: the given file, else those in its package or cache, else by download.

    Raises WeightsMissing if they are not here and no download was allowed, DownloadFailed if one was
    allowed and did not succeed.
    """
    if weights is not None:
        if not weights.is_file():
            raise WeightsMissing(
                f"There is no weights file {weights}. Give the path of a file with {model_key}'s weights."
            )
        return WeightsFile(weights, f"file {weights}")
    if origin is None:
        raise WeightsMissing(f"{model_key} has no published weights that Vitrine knows. Give a weights file.")
    if origin.packaged is not None:
        return WeightsFile(origin.packaged, origin.title)
    path = _cached(origin)
    if path is not None:
        return WeightsFile(path, f"{origin.title}, found on this machine")
    if not allow_download:
        raise WeightsMissing(
            f"The weights of {model_key} are not on this machine. Allow downloading them from "
            f"{origin.title}, or give a weights file."
        )
    return WeightsFile(_download(model_key, origin), f"{origin.title}, downloaded")


def read_state_dict(path: Path) -> dict[str, torch.Tensor]:
    """Read a file of named tensors (.safetensors, or what torch.save wrote). Runs nothing in it.

    Wrappings such as {"state_dict": ...} and "module." before every name are taken off.
    Raises WeightsRefused if the file is damaged or holds more than tensors.
    """
    content = _read_safetensors(path) if path.suffix == ".safetensors" else read_torch_file(path)
    for wrapper in _WRAPPERS:
        if isinstance(content, Mapping) and isinstance(content.get(wrapper), Mapping):
            content = content[wrapper]
            break
    if not isinstance(content, Mapping):
        raise WeightsRefused(f"{path.name} holds a {type(content).__name__}, not named tensors. Give a state dict.")
    tensors = {str(name): value for name, value in content.items() if isinstance(value, torch.Tensor)}
    if not tensors:
        raise WeightsRefused(f"{path.name} holds no named tensors. Give the file of a state dict.")
    if all(name.startswith("module.") for name in tensors):  # saved from nn.DataParallel
        tensors = {name.removeprefix("module."): value for name, value in tensors.items()}
    return tensors


def read_torch_file(path: Path) -> Any:
    """What torch.save wrote: tensors, numbers, text, lists and dictionaries, on the CPU. Runs nothing in the file.

    Raises WeightsRefused if the file is damaged or holds anything else.
    """
    try:
        return torch.load(path, map_location="cpu", weights_only=True)
    except (
        pickle.UnpicklingError,
        RuntimeError,
        EOFError,
        OSError,
        BadZipFile,
        ValueError,
        KeyError,
        IndexError,
    ) as problem:
        raise WeightsRefused(
            f"{path.name} was not opened: it is damaged, or holds code or objects besides tensors "
            f"({_one_line(problem)}). Save the state dict alone with torch.save, or as .safetensors."
        ) from problem


def fill(
    trunk: torch.nn.Module,
    state: StateDict,
    *,
    model_key: str,
    file_name: str,
    is_extra: Callable[[str], bool] = lambda name: False,
) -> None:
    """Put a state dict's tensors into a network, all of them.

    is_extra: says of a tensor's name that the network rightly has no place for it (a class head).
    Raises WeightsMismatch, which names what differs, and leaves the network as it was.
    """
    problem = difference(trunk, state, is_extra=is_extra)
    if problem:
        raise WeightsMismatch(
            f"{file_name} does not fit {model_key}: {problem}. Choose the model that the file was made for."
        )
    expected = trunk.state_dict()
    trunk.load_state_dict({name: state[name] for name in expected if name in state}, strict=False)


def difference(trunk: torch.nn.Module, state: StateDict, *, is_extra: Callable[[str], bool]) -> str:
    """Say how a state dict differs from what a network wants; "" where it fits."""
    expected = trunk.state_dict()
    missing = [name for name in expected if name not in state and not name.endswith("num_batches_tracked")]
    extra = [name for name in state if name not in expected and not is_extra(name)]
    shapes = [
        f"{name} is {_shape(state[name])} in the file and {_shape(tensor)} in the model"
        for name, tensor in expected.items()
        if name in state and state[name].shape != tensor.shape
    ]
    parts = []
    if missing:
        parts.append(f"it lacks {_some(missing)}")
    if extra:
        parts.append(f"it also holds {_some(extra)}")
    if shapes:
        parts.append("; ".join(shapes[:2]) + (f" and {len(shapes) - 2} more" if len(shapes) > 2 else ""))
    return ", and ".join(parts)


def _read_safetensors(path: Path) -> dict[str, torch.Tensor]:
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    try:
        return load_file(path, device="cpu")
    except (SafetensorError, OSError) as problem:
        raise WeightsRefused(
            f"{path.name} cannot be read as safetensors ({_one_line(problem)}). Get it again."
        ) from problem


def _cached(origin: Origin) -> Path | None:
    """The published weights in the cache that torch.hub or the Hugging Face hub keeps, if they are there."""
    if origin.hub_repo:
        from huggingface_hub import try_to_load_from_cache

        for name in origin.hub_files:
            path = try_to_load_from_cache(origin.hub_repo, name)
            if isinstance(path, str):
                return Path(path)
    if origin.url:
        path = _torch_cache() / Path(origin.url).name
        return path if path.is_file() else None
    return None


def _download(model_key: str, origin: Origin) -> Path:
    try:
        return _from_hub(origin) if origin.hub_repo else _from_url(origin.url)
    except (OSError, ValueError, http.client.HTTPException) as problem:
        reason = problem.reason if isinstance(problem, urllib.error.URLError) else problem
        raise DownloadFailed(
            f"The weights of {model_key} could not be downloaded from {origin.title}: {_one_line(reason)}. "
            "Check the connection and try again, or give a weights file."
        ) from problem


def _from_hub(origin: Origin) -> Path:
    """Download the first of the origin's files that its hub repository has."""
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    from huggingface_hub import hf_hub_download, hf_hub_url
    from huggingface_hub.errors import EntryNotFoundError, LocalEntryNotFoundError

    _require_answer(hf_hub_url(origin.hub_repo, origin.hub_files[0]))
    for name in origin.hub_files:
        try:
            return Path(hf_hub_download(origin.hub_repo, name, etag_timeout=_TIMEOUT_S))
        except LocalEntryNotFoundError as problem:  # what the hub's client raises when there is no connection
            raise OSError("no connection to the Hugging Face hub") from problem
        except EntryNotFoundError:
            continue
    raise OSError(f"{origin.hub_repo} has none of {', '.join(origin.hub_files)}")


def _require_answer(url: str) -> None:
    """Raise OSError at once if nobody answers: the hub's own client tries for half a minute."""
    try:
        urllib.request.urlopen(urllib.request.Request(url, method="HEAD"), timeout=_TIMEOUT_S).close()
    except urllib.error.HTTPError as answer:  # an answer, if not the wanted one: the client goes on from here
        answer.close()


def _from_url(url: str) -> Path:
    """Download a file into torch.hub's cache; its name may end in the first digits of its sha256."""
    target = _torch_cache() / Path(url).name
    target.parent.mkdir(parents=True, exist_ok=True)
    digest = hashlib.sha256()
    with tempfile.NamedTemporaryFile(dir=target.parent, prefix=".part-", delete=False) as part:
        try:
            with urllib.request.urlopen(url, timeout=_TIMEOUT_S) as answer:
                while block := answer.read(1 << 20):
                    digest.update(block)
                    part.write(block)
            expected = re.search(r"-([0-9a-f]{8,})\.\w+$", target.name)
            if expected and not digest.hexdigest().startswith(expected[1]):
                raise ValueError(
                    f"what came has sha256 {digest.hexdigest()[:12]}..., not {expected[1]}... as published"
                )
            os.replace(part.name, target)
        finally:
            Path(part.name).unlink(missing_ok=True)
    return target


def _torch_cache() -> Path:
    return Path(torch.hub.get_dir()) / "checkpoints"


def _shape(tensor: torch.Tensor) -> str:
    return "x".join(map(str, tensor.shape)) or "a number"


def _some(names: list[str]) -> str:
    """Name the first three, and say how many more there are."""
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return ", ".join(names[:3]) + more


def _one_line(problem: object) -> str:
    """The first sentence of another library's error, at most 160 characters."""
    line = " ".join(str(problem).split()) or type(problem).__name__
    return line[:157] + "..." if len(line) > 160 else line
