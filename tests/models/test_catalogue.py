"""The list of models, and what a model's key may look like."""

import subprocess
import sys

import pytest

from models.catalogue import DEFAULT_MODEL, ModelKey, list_models, parse_key
from models.errors import ModelError, UnknownModel
from tests.support.places import PROJECT


def test_importing_the_catalogue_imports_no_model_library() -> None:
    code = (
        "import sys, models.catalogue as c; c.list_models();"
        "print([m for m in ('torch', 'timm', 'open_clip', 'openvino', 'numpy') if m in sys.modules])"
    )
    ran = subprocess.run([sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"


def test_the_first_model_works_without_the_internet() -> None:
    first = list_models()[0]
    assert (first.key, first.weights, first.dim) == (DEFAULT_MODEL, "in package", 1280)


def test_every_listed_key_can_be_taken_apart_and_is_listed_once() -> None:
    keys = [choice.key for choice in list_models() if choice.licence]
    assert len(set(keys)) == len(keys) == len(list_models())
    for key in keys:
        assert parse_key(key).name in key


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("efficientnet-lite0", ModelKey("efficientnet-lite", "efficientnet-lite0")),
        ("torchvision/resnet34", ModelKey("torchvision", "resnet34")),
        ("timm/resnet18.a1_in1k", ModelKey("timm", "resnet18.a1_in1k")),
        ("open_clip/ViT-B-32:openai", ModelKey("open_clip", "ViT-B-32", "openai")),
        ("open_clip/ViT-B-32", ModelKey("open_clip", "ViT-B-32")),
    ],
)
def test_a_key_is_family_name_and_tag(text: str, key: ModelKey) -> None:
    assert parse_key(text) == key


@pytest.mark.parametrize(
    "text", ["", "resnet34", "torchvision/resnet152", "keras/vgg", "timm/", "timm/../x", "open_clip/a/b"]
)
def test_a_key_of_another_shape_is_refused_by_name(text: str) -> None:
    with pytest.raises(UnknownModel, match="not offered" if "152" in text else "names no model") as raised:
        parse_key(text)
    assert repr(text) in str(raised.value)
    assert isinstance(raised.value, ModelError)
