"""ConSE, and the process that answers: words and pictures become vectors, errors become sentences."""

import io

import numpy as np
import open_clip
import pytest
import torch
from PIL import Image

from analytics import words
from analytics.agreement import agreement
from analytics.errors import WrongShape
from jobs.engine.errors import QueryFailed
from jobs.engine.query import Queries
from models import conse
from models.clip_text import load_text_encoder
from models.errors import UnknownModel, WeightsMismatch
from store.errors import SpacesMixed
from store.vectors import Space, SpaceVector, cosine
from tests.support.tiny_clip import TINY


def space_of(model: str, *, dim: int = 1280, source: str = "package", sha256: str = "0" * 64) -> Space:
    return Space(1, model, model, dim, {}, source, sha256, 1, 0)


def png(colour: tuple[int, int, int]) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (64, 48), colour).save(out, "PNG")
    return out.getvalue()


@pytest.mark.long
def test_the_quick_product_is_the_cosine_with_the_mixed_vector() -> None:
    rng = np.random.default_rng(0)
    vectors = rng.normal(size=(7, 1280)).astype(np.float32)
    mixed = conse.mixtures(vectors)
    assert mixed.classes.shape == (7, conse.TOP) and np.allclose(mixed.weights.sum(axis=1), 1, atol=1e-5)
    names = conse.class_vectors()
    text = conse.sentence_vectors(("a photo of a tiger",))[0]
    whole = np.einsum("nt,ntd->nd", mixed.weights, names[mixed.classes])
    expected = whole @ text / np.linalg.norm(whole, axis=1)
    scores = conse.text_scores(["a photo of a tiger"])[0]
    assert np.allclose(words.similarities(mixed.classes, mixed.weights, mixed.lengths, scores), expected, atol=1e-5)


@pytest.mark.long
def test_the_likeliest_classes_come_first_and_agree_with_the_whole_softmax() -> None:
    vectors = np.random.default_rng(1).normal(size=(3, 1280)).astype(np.float32) * 3
    weight, bias = conse.imagenet_head("efficientnet-lite0")
    logits = vectors @ weight.T + bias
    shares = np.exp((logits - logits.max(axis=1, keepdims=True)) / conse.SOFTNESS)
    order = np.argsort(-shares, axis=1)[:, : conse.TOP]
    mixed = conse.mixtures(vectors)
    assert np.array_equal(mixed.classes, order)
    top = np.take_along_axis(shares, order, 1)
    assert np.allclose(mixed.weights, top / top.sum(axis=1, keepdims=True), atol=1e-5)


@pytest.mark.long
def test_words_lie_near_the_classes_they_mean() -> None:
    titles = conse.class_titles()
    assert len(titles) == 1000 and titles[293] == "cheetah"
    scores = conse.text_scores(["a cheetah", "a small dog from Mexico"])
    assert scores[0].argmax() == 293
    assert "dog" in titles[int(scores[1].argmax())]


def test_another_models_vectors_are_refused() -> None:
    with pytest.raises(UnknownModel, match="ConSE reads vectors of efficientnet-lite0"):
        conse.mixtures(np.ones((1, 512), np.float32), model="torchvision/resnet34")


def test_best_is_in_order_and_ties_go_by_place() -> None:
    assert words.best(np.array([0.1, 0.9, 0.5, 0.9]), n=3).tolist() == [1, 3, 2]
    assert words.best(np.zeros(0), n=3).tolist() == []
    with pytest.raises(WrongShape, match="scores"):
        words.similarities(np.zeros((1, 2), int), np.zeros((1, 2)), np.ones(1), np.zeros((1, 1000)))


def test_agreement_counts_labels_and_leaves_out_who_has_none() -> None:
    found = agreement("cat", ["cat", "dog", None, "cat", "owl", "dog", "dog"])
    assert (found.n, found.n_same, found.others) == (6, 2, (("dog", 3), ("owl", 1)))
    assert agreement("cat", [None]).share is None
    assert agreement(None, ["dog"]).n_same == 0


def test_vectors_of_two_spaces_are_never_compared() -> None:
    one, other = SpaceVector(1, "lite0", np.ones(2)), SpaceVector(2, "clip", np.ones(2))
    with pytest.raises(SpacesMixed, match="'lite0' says nothing about one of 'clip'"):
        cosine(one, other)
    assert cosine(one, SpaceVector(1, "lite0", np.array([1.0, 0.0]))) == pytest.approx(0.5**0.5)


def test_the_text_half_of_a_clip_file_reads_in_the_space_of_its_image_half(tmp_path, monkeypatch) -> None:
    monkeypatch.setitem(open_clip.factory._MODEL_CONFIGS, "Tiny-CLIP", TINY)
    torch.manual_seed(1)
    model = open_clip.create_model("Tiny-CLIP").eval()
    path = tmp_path / "clip.pt"
    torch.save({"state_dict": model.state_dict()}, path)
    found = load_text_encoder("open_clip/Tiny-CLIP", weights=path).encode(["a cat", "two dogs"])
    with torch.inference_mode():
        expected = model.encode_text(open_clip.get_tokenizer("Tiny-CLIP")(["a cat", "two dogs"]), normalize=True)
    assert np.allclose(found, expected.numpy(), atol=1e-5)
    torch.save({name: value for name, value in model.state_dict().items() if name.startswith("visual.")}, path)
    with pytest.raises(WeightsMismatch, match="holds no text half"):
        load_text_encoder("open_clip/Tiny-CLIP", weights=path)
    with pytest.raises(UnknownModel, match="only open_clip models have a text half"):
        load_text_encoder("torchvision/resnet18")


@pytest.mark.long
def test_the_child_answers_and_its_errors_are_sentences(tmp_path) -> None:
    queries = Queries()
    try:
        space = space_of("efficientnet-lite0")
        with pytest.raises(QueryFailed, match="are not those that made the space"):
            queries.picture(space, png((200, 30, 30)))
        with pytest.raises(QueryFailed, match="picture|image"):
            queries.picture(space, b"no picture at all")
        scores, about = queries.conse_scores(["a cheetah"])
        assert scores.shape == (1, 1000) and scores[0].argmax() == 293
        assert about.startswith("ConSE")
        mixed = queries.conse_mixtures(space, np.eye(2, 1280, dtype=np.float32))
        assert mixed["classes"].shape == (2, conse.TOP)
        read = queries.text_vectors(space, ["a cheetah", "a dog", "a cheetah"])
        assert read.shape == (3, 384) and np.array_equal(read[0], read[2]) and queries.temperature(space) == 0.04
        assert np.allclose(read[0] @ queries.imagenet_vectors().T, scores[0], atol=1e-5)
        child = queries._child
        queries._child = None  # what was read before is not asked for again: nobody is there to answer
        assert np.array_equal(queries.text_vectors(space, ["a dog"])[0], read[1]) and queries._child is None
        queries._child = child
        with pytest.raises(QueryFailed, match="has 402 word pieces; the model reads 256. Shorten it"):
            queries.text_vectors(space, ["a " * 400])
        queries._child.process.kill()
        queries._child.process.wait()
        assert queries.conse_scores(["a dog"])[0].shape == (1, 1000)  # a dead child is replaced
        asked = ("open_clip/ViT-B-32", "efficientnet-lite0", "timm/x")
        assert [queries.reads_words(space_of(model)) for model in asked] == ["clip", "conse", ""]
    finally:
        queries.close()


@pytest.mark.real_data
@pytest.mark.long
def test_an_uploaded_picture_of_the_dataset_finds_itself(ds801, tmp_path) -> None:
    from models.encoders import load_encoder

    encoder = load_encoder("efficientnet-lite0")
    path = sorted((ds801 / "imgs").iterdir())[5]
    queries = Queries()
    try:
        space = space_of("efficientnet-lite0", sha256=encoder.weights_sha256)
        vector = queries.picture(space, path.read_bytes())
    finally:
        queries.close()
    pixels = encoder.preprocess.apply(np.asarray(Image.open(path).convert("RGB")))
    own = SpaceVector(1, "efficientnet-lite0", encoder.encode(pixels[None])[0])
    assert cosine(vector, own) > 0.9999
