"""Words to vectors by the text half of an open_clip model, in the space of its image half."""

from pathlib import Path

import numpy as np
import torch

from models.catalogue import parse_key
from models.errors import UnknownModel, WeightsMismatch
from models.networks import describe_network
from models.weights import find_weights, read_state_dict


class TextEncoder:
    """An open_clip model that is ready to read; weights_sha256 must be that of the space it is compared in."""

    def __init__(self, module: torch.nn.Module, tokenizer: object, *, weights_sha256: str) -> None:
        self._module, self._tokenizer = module, tokenizer
        self.weights_sha256 = weights_sha256

    def encode(self, texts: list[str]) -> np.ndarray:
        """(len(texts), dim) float32 of length one."""
        with torch.inference_mode():
            vectors = self._module.encode_text(self._tokenizer(texts)).float()
            return torch.nn.functional.normalize(vectors, dim=-1).numpy()


def load_text_encoder(model_key: str, *, weights: Path | None = None) -> TextEncoder:
    """The text half of "open_clip/<architecture>[:<tag>]", from the file or cache its image half came from.

    Nothing is downloaded: whoever has vectors of the model has its weights. Raises UnknownModel, WeightsMissing,
    WeightsMismatch.
    """
    import open_clip

    key = parse_key(model_key)
    if key.family != "open_clip":
        raise UnknownModel(f"{model_key} cannot read: only open_clip models have a text half.")
    origin = describe_network(model_key).origin
    found = find_weights(model_key, origin=origin, weights=weights, allow_download=False)
    module = open_clip.create_model(key.name, pretrained=None).eval()
    try:
        module.load_state_dict(read_state_dict(found.path))
    except RuntimeError as problem:
        raise WeightsMismatch(f"{found.path.name} holds no text half of {key.name}: {str(problem)[:300]}") from problem
    return TextEncoder(module, open_clip.get_tokenizer(key.name), weights_sha256=found.sha256())
