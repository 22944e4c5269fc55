"""Where a network looks: maps against what is known by hand, by autograd, and by the network's own places."""

import numpy as np
import pytest
import torch

from models.errors import BadProtocol, WeightsMismatch, WeightsRefused
from models.resnets import new_resnet, standardised
from models.saliency import METHODS, densified, load_classifier, look, stride_for
from tests.support.drawn_network import colour_network

SIDE = 64


@pytest.fixture(autouse=True, scope="module")
def one_thread():
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def grey(n: int = 1) -> np.ndarray:
    return np.full((n, SIDE, SIDE, 3), 128, np.uint8)


def patch(picture: np.ndarray, *, x: int, y: int, colour: int, half: int = 6) -> None:
    rows, columns = slice(max(y - half, 0), y + half), slice(max(x - half, 0), x + half)
    picture[rows, columns] = 0
    picture[rows, columns, colour] = 255


def features_of(network: torch.nn.Module, pixels: np.ndarray) -> torch.Tensor:
    kept = []
    handle = network.layer4.register_forward_hook(lambda module, given, out: kept.append(out))
    with torch.inference_mode():
        network(standardised(torch.from_numpy(pixels).permute(0, 3, 1, 2)))
    handle.remove()
    return kept[0]


@pytest.mark.parametrize("stage", ["grad-cam-4", "grad-cam-3", "grad-cam-2", "cam"])
@pytest.mark.parametrize(("x", "y"), [(0, 32), (32, 0), (32, 32)])
@pytest.mark.long
def test_each_class_lights_up_where_its_patch_is(stage: str, x: int, y: int) -> None:
    pixels = grey()
    patch(pixels[0], x=x, y=y, colour=0)
    patch(pixels[0], x=32 - x, y=32 - y, colour=2)
    seen = look(colour_network(), pixels, classes=np.array([[0, 2]]), method=stage)
    for row, (at_x, at_y) in enumerate(((x, y), (32 - x, 32 - y))):
        found = seen.maps[0, row]
        i, j = np.unravel_index(found.argmax(), found.shape)
        assert abs(i * seen.stride - at_y) <= 8 and abs(j * seen.stride - at_x) <= 8


def test_what_lies_between_the_networks_places_shows_on_the_dense_map_and_not_in_the_logit() -> None:
    pixels = grey()
    patch(pixels[0], x=16, y=48, colour=0, half=5)
    seen = look(colour_network(), pixels, classes=np.array([[0]]))
    assert seen.stride == 16 and seen.maps.shape == (1, 1, 4, 4)
    assert np.unravel_index(seen.maps[0, 0].argmax(), (4, 4)) == (3, 1)
    assert seen.logits[0, 0] < 0.1 * seen.maps[0, 0].max()  # what is left is of the black edge around the picture


@pytest.mark.parametrize("architecture", ["resnet18", "resnet50"])
def test_cam_is_exact_its_mean_at_the_networks_places_is_the_logit(architecture: str) -> None:
    torch.manual_seed(4)
    network = new_resnet(architecture, n_classes=5).eval()
    pixels = np.random.default_rng(0).integers(0, 256, (2, SIDE, SIDE, 3), dtype=np.uint8)
    seen = look(network, pixels, classes=np.tile(np.arange(5), (2, 1)))
    with torch.inference_mode():
        said = network(standardised(torch.from_numpy(pixels).permute(0, 3, 1, 2))).numpy()
    own = seen.maps[:, :, ::2, ::2].mean(axis=(2, 3)) + network.fc.bias.detach().numpy()
    assert np.allclose(seen.logits, said, atol=1e-4) and np.allclose(own, said, atol=1e-4)


@pytest.mark.parametrize(("side", "stride"), [(64, 8), (50, 8), (64, 16), (96, 16), (33, 8)])
@pytest.mark.long
def test_a_dense_network_has_the_networks_own_features_at_its_places(side: int, stride: int) -> None:
    torch.manual_seed(7)
    network = new_resnet("resnet18", n_classes=2).eval()
    pixels = np.random.default_rng(1).integers(0, 256, (1, side, side, 3), dtype=np.uint8)
    own, dense = features_of(network, pixels), features_of(densified(network, stride=stride), pixels)
    step = 32 // stride
    assert dense.shape[-1] == -(-side // stride)
    assert torch.allclose(dense[:, :, ::step, ::step], own, atol=1e-5)


def test_grad_cam_of_the_last_stage_is_the_positive_part_of_cam() -> None:
    torch.manual_seed(5)
    network = new_resnet("resnet18", n_classes=4).eval()
    pixels = np.random.default_rng(2).integers(0, 256, (2, 256, 256, 3), dtype=np.uint8)
    classes = np.array([[0, 3], [2, 1]])
    cam, grad = (look(network, pixels, classes=classes, method=method) for method in ("cam", "grad-cam-4"))
    assert cam.stride == grad.stride == 32
    assert np.allclose(np.maximum(cam.maps, 0) / 64, grad.maps, atol=1e-5)


def test_a_grey_picture_has_an_even_map_and_a_batch_is_its_pictures() -> None:
    network = colour_network()
    for method in METHODS:
        seen = look(network, grey(), classes=np.array([[1]]), method=method)
        assert np.isfinite(seen.maps).all()
    pixels = grey(3)
    for i in range(3):
        patch(pixels[i], x=32 * (i % 2), y=32 * (i // 2), colour=i)
    together = look(network, pixels, classes=np.array([[0], [1], [2]]))
    for i in range(3):
        alone = look(network, pixels[i : i + 1], classes=np.array([[i]]))
        assert np.allclose(together.maps[i], alone.maps[0], atol=1e-5)


def test_no_class_is_asked_for_when_only_the_answer_is_wanted() -> None:
    for method in METHODS:
        assert look(colour_network(), grey(2), classes=np.zeros((2, 0)), method=method).maps.shape[:2] == (2, 0)


def test_places_become_denser_where_pictures_are_small() -> None:
    assert [stride_for(side) for side in (32, 63, 64, 127, 128, 224)] == [8, 8, 16, 16, 32, 32]


def test_weights_come_back_and_bad_files_are_refused(tmp_path) -> None:
    network = colour_network()
    torch.save(network.state_dict(), tmp_path / "best.pt")
    again = load_classifier(tmp_path / "best.pt", architecture="resnet18")
    pixels = np.random.default_rng(3).integers(0, 256, (1, SIDE, SIDE, 3), dtype=np.uint8)
    kinds = [look(each, pixels, classes=np.array([[0]])).logits for each in (network, again)]
    assert np.array_equal(*kinds)
    with pytest.raises(WeightsMismatch):
        load_classifier(tmp_path / "best.pt", architecture="resnet50")
    (tmp_path / "best.pt").write_bytes(b"cut off")
    with pytest.raises(WeightsRefused):
        load_classifier(tmp_path / "best.pt", architecture="resnet18")
    with pytest.raises(BadProtocol):
        look(network, pixels, classes=np.array([[0]]), method="guess")
