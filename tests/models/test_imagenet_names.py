"""Zero-shot by ImageNet's own names: which names fit which categories, and what the head says of vectors."""

import numpy as np

from models.catalogue import DEFAULT_MODEL
from models.imagenet_names import _categories, matching_categories, named_shares

ANIMALS = ("Cat", "Lynx", "Wolf", "Coyote", "Cheetah", "Jaguar", "Chimpanzee", "Orangutan", "Hamster", "Guinea Pig")


def fitting(name: str) -> list[str]:
    categories = _categories()
    return [categories[i] for i in matching_categories([name])[0]]


def test_a_name_fits_its_category_and_kinds_of_it() -> None:
    assert fitting("Guinea Pig") == ["guinea pig"] and fitting("guinea-pigs") == ["guinea pig"]
    assert fitting("wolf") == ["timber wolf", "white wolf", "red wolf"]
    assert "tabby" in fitting("cat") and "Persian cat" in fitting("CAT")


def test_an_animal_of_another_kind_does_not_fit_by_its_last_word() -> None:
    assert "Madagascar cat" not in fitting("cat")
    assert "hot dog" not in fitting("dog") and "sea lion" not in fitting("lion")


def test_names_that_imagenet_lacks_fit_nothing() -> None:
    assert fitting("7") == fitting("") == fitting("unicorn") == []


def test_every_animal_of_the_course_has_a_name() -> None:
    assert all(matching_categories(ANIMALS))


def test_other_models_and_unknown_names_have_no_opinion() -> None:
    vectors = np.zeros((2, 1280), np.float32)
    assert named_shares(vectors, model="torchvision/resnet18", names=ANIMALS) is None
    assert named_shares(vectors, model=DEFAULT_MODEL, names=("0", "1", "2")) is None
    assert named_shares(vectors, model=DEFAULT_MODEL, names=("cat", "1")) is None


def test_shares_are_the_heads_own_and_leave_room_for_everything_else() -> None:
    vectors = np.abs(np.random.default_rng(0).normal(size=(5, 1280))).astype(np.float32)
    shares = named_shares(vectors, model=DEFAULT_MODEL, names=(*ANIMALS, "unicorn"))
    assert shares.shape == (5, 11) and np.isnan(shares[:, 10]).all()
    total = shares[:, :10].sum(axis=1)
    assert (total > 0).all() and (total < 1).all()
    swapped = named_shares(vectors, model=DEFAULT_MODEL, names=ANIMALS[::-1])
    assert np.allclose(swapped[:, ::-1], shares[:, :10])
