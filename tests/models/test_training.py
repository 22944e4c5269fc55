"""Training by the protocol: it learns, a seed is a seed, a killed run goes on, bad input is named."""

import numpy as np
import pytest
import torch
import torchvision

from analytics.errors import BadParameter
from analytics.vector_classifiers import logistic, nearest
from jobs.train.results import validation_scores
from models.augment import augmented, mixed
from models.errors import BadProtocol, LossNotFinite, WeightsMismatch, WeightsRefused
from models.protocol import Protocol
from models.resnets import export_onnx, fill_from, new_resnet
from models.training import Trainer, TrainingData

SIDE, N = 32, 60
SMALL = Protocol(architecture="resnet18", epochs=2, batch_size=15, learning_rate=0.02)


@pytest.fixture(autouse=True, scope="module")
def one_thread():
    """Networks this small lose by a second thread, and wait for it where processors are busy."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def squares(n: int = N) -> tuple[np.ndarray, np.ndarray]:
    labels = np.arange(n) % 3
    pixels = np.random.default_rng(1).integers(0, 90, (n, SIDE, SIDE, 3), dtype=np.uint8)
    pixels[np.arange(n), ..., labels] += 140
    return pixels, labels


def trainer(folder, protocol: Protocol = SMALL, **changed) -> Trainer:
    folder.mkdir(exist_ok=True)
    pixels, labels = squares()
    rows = np.arange(N)
    data = TrainingData(pixels, labels, changed.pop("train", rows[:45]), rows[45:], n_classes=3)
    return Trainer(data, protocol=protocol, score=validation_scores, folder=folder, **changed)


def weights(network: torch.nn.Module) -> torch.Tensor:
    return torch.cat([value.float().ravel() for value in network.state_dict().values()])


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """A run that nothing disturbed."""
    return trainer(tmp_path_factory.mktemp("whole"), Protocol(**{**vars(SMALL), "epochs": 3})).run()


@pytest.mark.long
def test_it_learns_to_tell_colours_apart(tmp_path) -> None:
    gentle = {"epochs": 5, "optimizer": "adamw", "learning_rate": 0.001}
    whole = trainer(tmp_path / "a", Protocol(**{**vars(SMALL), **gentle})).run()
    assert max(epoch.balanced_accuracy for epoch in whole.epochs) > 0.9
    assert whole.epochs[-1].train_loss < whole.epochs[0].train_loss
    assert len(whole.epochs[0].recalls) == 3 and whole.epochs[0].images_per_second > 0


@pytest.mark.long
def test_a_killed_run_goes_on_to_the_same_weights(tmp_path, whole) -> None:
    protocol = Protocol(**{**vars(SMALL), "epochs": 3})
    trainer(tmp_path / "a", protocol, heard=lambda epochs, done: len(epochs) == 1).run()
    again = trainer(tmp_path / "a", protocol).run()
    assert [epoch.epoch for epoch in again.epochs] == [1, 2, 3]
    assert torch.equal(weights(again.network), weights(whole.network))


@pytest.mark.long
def test_another_seed_gives_other_weights(tmp_path, whole) -> None:
    other = trainer(tmp_path / "a", Protocol(**{**vars(SMALL), "epochs": 1, "seed": 5})).run()
    assert not torch.equal(weights(other.network), weights(whole.network))


@pytest.mark.long
def test_the_best_weights_load_in_plain_torchvision(tmp_path) -> None:
    trained = trainer(tmp_path / "a", Protocol(**{**vars(SMALL), "epochs": 1})).run()
    plain = torchvision.models.resnet18(num_classes=3)
    plain.load_state_dict(torch.load(tmp_path / "a" / "best.pt", weights_only=True))
    assert torch.equal(weights(plain), weights(trained.network))


@pytest.mark.long
def test_it_stops_early_and_keeps_the_best_epoch(tmp_path) -> None:
    protocol = Protocol(**{**vars(SMALL), "epochs": 9, "patience": 1, "learning_rate": 1e-9})
    trained = trainer(tmp_path / "a", protocol).run()
    assert trained.stopped_early and len(trained.epochs) < 9
    assert trained.best_epoch == 1 + int(np.argmax([epoch.balanced_accuracy for epoch in trained.epochs]))


@pytest.mark.long
def test_a_loss_that_is_no_number_names_its_batch(tmp_path) -> None:
    with pytest.raises(LossNotFinite, match=r"batch \d+ in epoch 1 is not a number") as seen:
        trainer(
            tmp_path / "a", Protocol(**{**vars(SMALL), "learning_rate": 10.0, "weight_decay": 1.0}), **broken()
        ).run()
    assert len(seen.value.rows) == 15 and seen.value.batch == 1


def broken() -> dict[str, object]:
    """A checkpoint whose weights are not numbers."""
    import tempfile
    from pathlib import Path

    path = Path(tempfile.mkdtemp()) / "broken.pt"
    state = new_resnet("resnet18", n_classes=3).state_dict()
    torch.save(
        {
            name: torch.full_like(value, float("nan")) if value.is_floating_point() else value
            for name, value in state.items()
        },
        path,
    )
    return {"weights": path}


@pytest.mark.long
def test_a_checkpoint_is_fine_tuned_with_a_new_head_and_a_frozen_start(tmp_path) -> None:
    torch.manual_seed(0)
    published = new_resnet("resnet18", n_classes=7)
    torch.save(published.state_dict(), tmp_path / "seven.pt")
    protocol = Protocol(**{**vars(SMALL), "epochs": 1, "frozen_epochs": 1})
    trained = trainer(tmp_path / "a", protocol, weights=tmp_path / "seven.pt").run()
    assert "a new one was trained" in trained.notes[0]
    kept = trained.network.state_dict()
    for name in ("conv1.weight", "layer4.1.bn2.running_mean"):
        assert torch.equal(kept[name], published.state_dict()[name])


def test_checkpoints_that_do_not_fit_say_why(tmp_path) -> None:
    network = new_resnet("resnet18", n_classes=3)
    torch.save(new_resnet("resnet34", n_classes=3).state_dict(), tmp_path / "other.pt")
    with pytest.raises(WeightsMismatch, match="does not fit torchvision/resnet18"):
        fill_from(network, tmp_path / "other.pt", architecture="resnet18")
    (tmp_path / "cut.pt").write_bytes((tmp_path / "other.pt").read_bytes()[:5000])
    with pytest.raises(WeightsRefused, match="damaged"):
        fill_from(network, tmp_path / "cut.pt", architecture="resnet18")


def test_a_checkpoint_with_code_in_it_is_never_run(tmp_path) -> None:
    class Evil:
        def __reduce__(self):
            return (tmp_path.joinpath("ran").touch, ())

    torch.save({"fc.weight": Evil()}, tmp_path / "evil.pt")
    with pytest.raises(WeightsRefused):
        fill_from(new_resnet("resnet18", n_classes=3), tmp_path / "evil.pt", architecture="resnet18")
    assert not (tmp_path / "ran").exists()


@pytest.mark.long
def test_the_onnx_file_agrees_for_any_number_of_pictures(tmp_path) -> None:
    import onnxruntime

    network = new_resnet("resnet18", n_classes=3).eval()
    assert export_onnx(network, tmp_path / "n.onnx", side=SIDE) < 1e-3
    session = onnxruntime.InferenceSession(str(tmp_path / "n.onnx"), providers=["CPUExecutionProvider"])
    found = session.run(None, {"pictures": np.zeros((5, 3, SIDE, SIDE), np.float32)})[0]
    assert found.shape == (5, 3)


@pytest.mark.parametrize(
    "changed, message",
    [
        ({"architecture": "vgg"}, "one of resnet18"),
        ({"epochs": 0}, "epochs must lie between 1"),
        ({"loss": "focal"}, "one of cross-entropy"),
        ({"label_smoothing": 0.95}, "label_smoothing"),
        ({"batch_size": 1}, "batch_size must lie between 2"),
    ],
)
def test_protocols_out_of_range_are_refused(changed, message) -> None:
    with pytest.raises(BadProtocol, match=message):
        Protocol(**changed)


def test_the_generalised_loss_is_bounded_and_weights_and_smoothing_count(tmp_path) -> None:
    given = trainer(tmp_path / "a", Protocol(**{**vars(SMALL), "loss": "generalised"}))
    logits, targets = torch.tensor([[-50.0, 0.0, 0.0]]), torch.tensor([[1.0, 0.0, 0.0]])
    assert float(given._losses(logits, targets)) == pytest.approx(1 / 0.7, abs=0.01)
    assert float(given._losses(-logits, targets)) == pytest.approx(0, abs=1e-3)
    weighted = trainer(tmp_path / "b", Protocol(**{**vars(SMALL), "class_weights": True}), train=np.array([0, 3, 6, 1]))
    assert weighted._class_weights.tolist() == pytest.approx([4 / 2 / 3, 2.0, 0.0])
    drawn = trainer(
        tmp_path / "c", Protocol(**{**vars(SMALL), "balanced": True}), train=np.array([0, 3, 6, 9, 12, 15, 18, 1])
    )
    order = np.concatenate([drawn._order(np.random.default_rng(i)) for i in range(60)])
    assert abs((order == 1).mean() - 0.5) < 0.08


@pytest.mark.parametrize("how", ["none", "flip", "flip-crop", "randaugment"])
def test_augmentations_keep_shape_type_and_seed(how) -> None:
    pictures = torch.from_numpy(squares(8)[0]).permute(0, 3, 1, 2)
    one, other = (augmented(pictures, how=how, rng=np.random.default_rng(2)) for _ in range(2))
    assert one.shape == pictures.shape and one.dtype == torch.uint8 and torch.equal(one, other)
    assert how == "none" or not torch.equal(one, pictures)


@pytest.mark.parametrize("how", ["mixup", "cutmix"])
def test_mixed_targets_sum_to_one(how) -> None:
    pictures, targets = torch.rand(6, 3, 8, 8), torch.eye(3).repeat(2, 1)
    found, soft = mixed(pictures, targets, how=how, rng=np.random.default_rng(0))
    assert found.shape == pictures.shape and torch.allclose(soft.sum(1), torch.ones(6))


def clouds() -> tuple[np.ndarray, np.ndarray]:
    labels = np.arange(120) % 3
    return (np.eye(3, 6)[labels] * 4 + np.random.default_rng(0).normal(size=(120, 6))).astype(np.float32), labels


def test_vectors_are_classified_by_regression_and_by_neighbours() -> None:
    vectors, labels = clouds()
    given = {"train": np.arange(80), "validation": np.arange(80, 100), "n_classes": 4}
    for fitted in (logistic(vectors, labels, **given), nearest(vectors, labels, k=7, **given)):
        assert fitted.probabilities.shape == (120, 4) and np.allclose(fitted.probabilities.sum(1), 1, atol=1e-4)
        assert (fitted.probabilities[100:].argmax(1) == labels[100:]).mean() > 0.9
        assert (fitted.probabilities[:, 3] == 0).all()
    with pytest.raises(BadParameter, match="two classes"):
        logistic(vectors, labels, **(given | {"train": np.array([0, 3])}))
    with pytest.raises(BadParameter, match="k must lie"):
        nearest(vectors, labels, k=80, **given)


def test_neighbours_agree_with_a_brute_force_twin_and_no_row_votes_for_itself() -> None:
    vectors, labels = clouds()
    train = np.arange(60)
    found = nearest(vectors, labels, train=train, validation=np.arange(60, 90), n_classes=3, k=5).probabilities
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    for row in (3, 70, 119):
        cosines = unit[train] @ unit[row]
        if row < 60:
            cosines[row] = -2
        votes = np.zeros(3)
        for i in np.argsort(-cosines)[:5]:
            votes[labels[i]] += max(cosines[i], 1e-6)
        assert np.allclose(found[row], votes / votes.sum(), atol=1e-5)
