"""What ImageNet's own class names say of vectors: a zero-shot opinion for classes that ImageNet has names for.

Only for encoders whose class head stands on the very vectors that are stored. Nothing is downloaded.
"""

import re
from collections.abc import Sequence

import numpy as np
import torch

from models.arrays import Floats
from models.catalogue import DEFAULT_MODEL
from models.networks import describe_network
from models.weights import find_weights, read_state_dict

_ROWS_AT_ONCE = 4096
# Categories that leave their kind out, and those whose last word is not the animal it says.
_IN_FULL = {"tabby": "tabby cat"}
_MISLEADING = {"Madagascar cat", "prairie chicken", "sea lion", "sea cucumber", "hot dog"}


def matching_categories(names: Sequence[str]) -> list[list[int]]:
    """For each class name the ImageNet categories that are called so, or a kind of it: "cat" fits "Persian cat".

    Words are compared without case, hyphens and a plural s. A name that fits nothing gets an empty list.
    """
    categories = [
        [] if category in _MISLEADING else _words(_IN_FULL.get(category, category)) for category in _categories()
    ]
    matches = []
    for name in names:
        words = _words(name)
        matches.append([i for i, category in enumerate(categories) if words and category[-len(words) :] == words])
    return matches


def named_shares(vectors: Floats, *, model: str, names: Sequence[str]) -> Floats | None:
    """The probability (n, c) float32 that ImageNet's head gives to each name; NaN columns for names it lacks.

    vectors: (n, 1280) float32 of EfficientNet-Lite0. None for another model, or where fewer than two names are known.
    A row sums to at most 1: the rest lies on categories that are none of the classes.
    """
    fitting = matching_categories(names) if model == DEFAULT_MODEL else []
    if sum(bool(ids) for ids in fitting) < 2:
        return None
    weight, bias = _lite0_head()
    out = np.full((len(vectors), len(names)), np.nan, np.float32)
    for first in range(0, len(vectors), _ROWS_AT_ONCE):
        piece = torch.from_numpy(np.array(vectors[first : first + _ROWS_AT_ONCE], np.float32))
        shares = torch.softmax(piece @ weight.T + bias, dim=1).numpy()
        for column, ids in enumerate(fitting):
            if ids:
                out[first : first + len(piece), column] = shares[:, ids].sum(axis=1)
    return out


def _categories() -> list[str]:
    from torchvision.models import ResNet18_Weights

    names: list[str] = ResNet18_Weights.IMAGENET1K_V1.meta["categories"]
    return names


def _lite0_head() -> tuple[torch.Tensor, torch.Tensor]:
    network = describe_network(DEFAULT_MODEL)
    file = find_weights(DEFAULT_MODEL, origin=network.origin, weights=None, allow_download=False)
    state = read_state_dict(file.path)
    return state["_fc.weight"].float(), state["_fc.bias"].float()


def _words(name: str) -> list[str]:
    words = re.findall(r"[a-z]+", name.lower().replace("-", " "))
    return [*words[:-1], re.sub(r"(?<=[a-z]{2}[^s])s$", "", words[-1])] if words else []
