"""Words to vectors by the text half of an open_clip model, in the space of its image half."""

from collections.abc import Callable
from pathlib import Path
from typing import Protocol, runtime_checkable

import torch

from models.arrays import Floats
from models.catalogue import parse_key
from models.errors import TextTooLong, UnknownModel, WeightsMismatch, WeightsMissing
from models.networks import describe_network
from models.weights import find_weights, read_state_dict


class _Clip(Protocol):
    """What an open_clip model is to a text: (n, dim) vectors, and the logarithm of what multiplies cosines."""

    logit_scale: torch.Tensor

    def encode_text(self, tokens: torch.Tensor) -> torch.Tensor: ...


class _Tokenizer(Protocol):
    """open_clip's tokenisers: texts to (n, context_length)."""

    context_length: int

    def __call__(self, texts: list[str]) -> torch.Tensor: ...


@runtime_checkable
class _OwnTokenizer(_Tokenizer, Protocol):
    """One of open_clip's own."""

    def encode(self, text: str) -> list[int]: ...


class _WrappedTokenizer(_Tokenizer, Protocol):
    """One from Hugging Face, wrapped by open_clip."""

    @property
    def tokenizer(self) -> Callable[..., dict[str, list[int]]]: ...


class TextEncoder:
    """An open_clip model that is ready to read; weights_sha256 must be that of the space it is compared in.

    temperature: what the model divides cosines by before they become probabilities, learnt in its training.
    """

    def __init__(self, module: _Clip, tokenizer: _OwnTokenizer | _WrappedTokenizer, *, weights_sha256: str) -> None:
        self._module, self._tokenizer = module, tokenizer
        self.weights_sha256 = weights_sha256
        self.temperature = float(1 / module.logit_scale.detach().exp())

    def encode(self, texts: list[str]) -> Floats:
        """(len(texts), dim) float32 of length one. Raises TextTooLong for a text that would be cut off."""
        for text in texts:
            _require_short(text, self._tokenizer)
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
    origin = describe_network(model_key, weights=weights).origin
    file = find_weights(model_key, origin=origin, weights=weights, allow_download=False)
    published = open_clip.get_pretrained_cfg(key.name, key.tag) if key.tag else {}
    quick = bool(published.get("quick_gelu", False))  # as the image half is built
    try:
        module = open_clip.create_model(key.name, pretrained=None, force_quick_gelu=quick).eval()
        tokenizer = open_clip.get_tokenizer(key.name)
    except OSError as problem:
        raise WeightsMissing(
            f"The tokeniser of {key.name} is not on this machine ({str(problem)[:160]}). Open the model once with "
            "open_clip where there is a connection; its files stay in the cache."
        ) from problem
    try:
        module.load_state_dict(read_state_dict(file.path))
    except RuntimeError as problem:
        raise WeightsMismatch(f"{file.path.name} holds no text half of {key.name}: {str(problem)[:300]}") from problem
    return TextEncoder(module, tokenizer, weights_sha256=file.sha256())


def _require_short(text: str, tokenizer: _OwnTokenizer | _WrappedTokenizer) -> None:
    """Raise TextTooLong where open_clip's tokeniser would cut `text` off."""
    max_tokens = int(tokenizer.context_length)
    if isinstance(tokenizer, _OwnTokenizer):
        n_tokens = len(tokenizer.encode(text)) + 2  # a start and an end go with it
    else:
        n_tokens = len(tokenizer.tokenizer(text, verbose=False)["input_ids"])
    if n_tokens > max_tokens:
        raise TextTooLong(text, n_tokens=n_tokens, max_tokens=max_tokens)
