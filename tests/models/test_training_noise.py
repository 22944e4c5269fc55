"""Noisy labels and small loss, the learning-rate finder, several labels a picture, a full memory, a damaged checkpoint.

On a small fully connected network in a ResNet's place: the claims are about the training, not about the network.
"""

import numpy as np
import pytest
import torch
from sklearn.datasets import load_digits
from sklearn.metrics import average_precision_score, f1_score

from analytics.scores import average_precisions, f1_scores
from jobs.train.results import several_validation_scores, validation_scores
from models.errors import BadProtocol, DeviceFull
from models.losses import kept_share, losses_of, several_labels_loss, small_losses
from models.protocol import Protocol
from models.rate_finder import find_rate, rates, steepest
from models.training import Trainer, TrainingData

N_TRAIN = 1_200


@pytest.fixture(autouse=True)
def one_thread():
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


class Small(torch.nn.Module):
    """Two hidden layers and a head called fc, as a ResNet's is."""

    def __init__(self, n_classes: int) -> None:
        super().__init__()
        sizes = torch.nn.Linear(3 * 64, 256), torch.nn.ReLU(), torch.nn.Linear(256, 256), torch.nn.ReLU()
        self.body = torch.nn.Sequential(torch.nn.Flatten(), *sizes)
        self.fc = torch.nn.Linear(256, n_classes)

    def forward(self, pictures: torch.Tensor) -> torch.Tensor:
        return self.fc(self.body(pictures))


@pytest.fixture
def small(monkeypatch):
    monkeypatch.setattr("models.training.new_resnet", lambda architecture, *, n_classes: Small(n_classes))


def digits() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Pictures (1797, 8, 8, 3), their labels, and labels of which 40 % of the first 1,200 are wrong."""
    found = load_digits()
    rng = np.random.default_rng(0)
    order = rng.permutation(len(found.target))
    pixels = np.stack([(found.images[order] / 16 * 255).astype(np.uint8)] * 3, -1)
    labels = found.target[order]
    noisy = labels.copy()
    wrong = rng.choice(N_TRAIN, int(0.4 * N_TRAIN), replace=False)
    noisy[wrong] = (labels[wrong] + rng.integers(1, 10, len(wrong))) % 10
    return pixels, labels, noisy


def trainer(folder, labels: np.ndarray, pixels: np.ndarray, **changed: object) -> Trainer:
    folder.mkdir(exist_ok=True)
    wanted = {"architecture": "resnet18", "epochs": 2, "batch_size": 64, "learning_rate": 0.1, "patience": 0}
    n_classes = labels.shape[1] if labels.ndim == 2 else 10
    rows = np.arange(len(labels))
    data = TrainingData(pixels, labels, rows[:N_TRAIN], rows[N_TRAIN:], n_classes)
    score = several_validation_scores if labels.ndim == 2 else validation_scores
    return Trainer(data, protocol=Protocol(**{**wanted, **changed}), score=score, folder=folder)


def weights(network: torch.nn.Module) -> torch.Tensor:
    return torch.cat([value.float().ravel() for value in network.state_dict().values()])


@pytest.mark.long
def test_small_losses_end_well_above_plain_cross_entropy_with_40_percent_wrong_labels(small, tmp_path) -> None:
    pixels, labels, noisy = digits()
    found = {}
    for name, changed in (
        ("plain", {}),
        ("small", {"selection": "small-loss", "forget_rate": 0.4, "forget_epochs": 5}),
    ):
        made = trainer(tmp_path / name, noisy, pixels, epochs=40, **changed)
        made._validation = np.arange(0)  # nothing chooses an epoch: the last one is compared
        made.run()
        asked = np.arange(N_TRAIN, len(labels))
        found[name] = float((made.probabilities(asked).argmax(1) == labels[asked]).mean())
    assert found["small"] > found["plain"] + 0.15 and found["small"] > 0.88


def test_the_share_that_is_learnt_from_falls_to_what_is_believed_right() -> None:
    shares = [kept_share(epoch, forget_rate=0.4, forget_epochs=4) for epoch in range(6)]
    assert shares == pytest.approx([1.0, 0.9, 0.8, 0.7, 0.6, 0.6])


def test_the_smallest_losses_stay_and_one_that_is_no_number_is_not_hidden() -> None:
    losses = torch.tensor([3.0, 0.5, 9.0, 1.0])
    assert sorted(small_losses(losses, share=0.5).tolist()) == [0.5, 1.0]
    assert small_losses(losses, share=0.0).tolist() == [0.5]
    assert torch.equal(small_losses(losses, share=1.0), losses)
    assert small_losses(torch.tensor([1.0, float("nan")]), share=0.5).isnan().any()


def test_losses_by_picture_have_the_batchs_loss_as_their_mean() -> None:
    logits, targets = torch.randn((6, 4), generator=torch.Generator().manual_seed(0)), torch.eye(4).repeat(2, 1)[:6]
    given = {"smoothing": 0.1, "weights": torch.tensor([1.0, 2.0, 0.5, 1.0])}
    each = losses_of(logits, targets, loss="cross-entropy", **given)
    whole = torch.nn.functional.cross_entropy(logits, targets, weight=given["weights"], label_smoothing=0.1)
    assert each.shape == (6,) and float(each.mean()) == pytest.approx(float(whole))
    one = several_labels_loss(torch.zeros((1, 2)), torch.tensor([[1.0, 0.0]]), smoothing=0.0, weights=None)
    assert float(one) == pytest.approx(np.log(2))


def test_selection_and_mixtures_or_several_labels_and_another_loss_do_not_go_together(small, tmp_path) -> None:
    with pytest.raises(BadProtocol, match="mix must be none"):
        Protocol(selection="small-loss", mix="mixup")
    with pytest.raises(BadProtocol, match="one of none, small-loss"):
        Protocol(selection="co-teaching")
    pixels, labels, _ = digits()
    with pytest.raises(BadProtocol, match="one label a picture"):
        trainer(tmp_path / "a", np.eye(10, dtype=np.uint8)[labels], pixels, loss="generalised")


def test_the_steepest_fall_of_a_curve_drawn_by_hand_is_suggested() -> None:
    tried = rates(100)
    losses = 2 - 1.5 / (1 + np.exp(-4 * (np.log10(tried) + 3)))  # falls around 1e-3
    losses[np.log10(tried) > -1] += 5
    assert steepest(list(zip(tried, losses, strict=True)), skip=10) == pytest.approx(1e-3, rel=0.15)
    rising = [(float(rate), float(i)) for i, rate in enumerate(tried)]
    assert steepest(rising, skip=10) == pytest.approx(tried[0] / 10)
    assert steepest([], skip=10) == tried[0]


def test_the_pass_ends_where_the_loss_bursts() -> None:
    seen = []
    found = find_rate(lambda i, rate: seen.append(i) or (1.0 if rate < 1e-2 else 1e3), n=50)
    assert len(seen) < 50 and found.curve[0][0] == pytest.approx(1e-6)
    assert len(find_rate(lambda i, rate: float("nan"), n=50).curve) == 0


def test_a_found_rate_is_used_and_leaves_the_network_as_it_was(small, tmp_path) -> None:
    pixels, labels, _ = digits()
    made = trainer(tmp_path / "a", labels, pixels, find_rate=True)
    before = weights(made._network).clone()
    found = made._find_rate()
    assert torch.equal(weights(made._network), before) and not made._optimizer.state_dict()["state"]
    assert 1e-3 < found.rate < 1 and len(found.curve) >= 10
    whole = made.run()
    assert whole.found_rate.rate == found.rate and made._set_rate(0.05 * 2) == pytest.approx(found.rate)
    again = trainer(tmp_path / "a", labels, pixels, find_rate=True, epochs=3)
    again._find_rate = lambda: pytest.fail("looked for twice")
    assert again.run().found_rate.rate == found.rate
    assert max(epoch.balanced_accuracy for epoch in whole.epochs) > 0.7


def test_a_full_memory_halves_the_batch_and_says_so(small, tmp_path, monkeypatch) -> None:
    pixels, labels, _ = digits()
    made = trainer(tmp_path / "a", labels, pixels)
    step, begun = made._step, weights(made._network).clone()

    def fits_16(pictures: torch.Tensor, targets: torch.Tensor, *, share: float) -> torch.Tensor:
        if len(pictures) > 16:
            assert torch.equal(weights(made._network), begun)  # each attempt begins from the state before
            raise torch.OutOfMemoryError("CUDA out of memory")
        return step(pictures, targets, share=share)

    monkeypatch.setattr(made, "_step", fits_16)
    whole = made.run()
    assert whole.batch_size == 16 and len(whole.epochs) == 2
    assert whole.notes[-1] == "The memory of cpu was too small; batches of 16 since epoch 1."
    plain = trainer(tmp_path / "b", labels, pixels, batch_size=16).run()
    assert torch.equal(weights(whole.network), weights(plain.network))


def test_a_memory_that_takes_nothing_is_said_and_predicting_takes_smaller_batches(small, tmp_path, monkeypatch) -> None:
    pixels, labels, _ = digits()

    def full(*given: object, **named: object) -> None:
        raise torch.OutOfMemoryError("CUDA out of memory")

    made = trainer(tmp_path / "a", labels, pixels)
    monkeypatch.setattr(made, "_step", full)
    with pytest.raises(DeviceFull, match="Not even batches of 2 fit into the memory of cpu"):
        made.run()
    made = trainer(tmp_path / "b", labels, pixels)
    expected, asked = made.probabilities(np.arange(300)), made._asked
    monkeypatch.setattr(made, "_asked", lambda rows: full() if len(rows) > 40 else asked(rows))
    assert np.allclose(made.probabilities(np.arange(300)), expected, atol=1e-6)
    monkeypatch.setattr(made, "_asked", full)
    with pytest.raises(DeviceFull, match="Not even one picture"):
        made.probabilities(np.arange(3))


def test_a_damaged_checkpoint_is_not_gone_on_with(small, tmp_path) -> None:
    pixels, labels, _ = digits()
    trainer(tmp_path / "a", labels, pixels, epochs=1).run()
    kept = tmp_path / "a" / "checkpoint.pt"
    kept.write_bytes(kept.read_bytes()[:4000])
    whole = trainer(tmp_path / "a", labels, pixels, epochs=1).run()
    assert len(whole.epochs) == 1 and "damaged; training began again" in whole.notes[0]


def test_copies_with_other_labels_are_each_learnt_with_their_own(small, tmp_path) -> None:
    pixels, labels, _ = digits()
    places = np.arange(len(labels))
    places[1] = 0  # pictures 0 and 1 are one file
    made = Trainer(
        TrainingData(pixels, labels, np.arange(20), np.arange(20, 30), n_classes=10, places=places),
        protocol=Protocol(architecture="resnet18"),
        score=validation_scores,
        folder=tmp_path,
    )
    pictures, targets = made._batch(np.array([0, 1]), np.random.default_rng(0))
    assert torch.equal(pictures[0], pictures[1]) and targets.argmax(1).tolist() == labels[:2].tolist()


@pytest.fixture
def held() -> tuple[np.ndarray, np.ndarray]:
    """Digits that carry "even", "above four" and "seven or eight", any number of them."""
    pixels, labels, _ = digits()
    return pixels, np.stack([labels % 2 == 0, labels > 4, np.isin(labels, (7, 8))], 1).astype(np.uint8)


@pytest.mark.parametrize("changed", [{}, {"class_weights": True, "balanced": True}, {"mix": "mixup"}])
def test_several_labels_are_learnt_with_a_sigmoid_each(small, tmp_path, held, changed) -> None:
    made = trainer(tmp_path / "a", held[1], held[0], epochs=6, learning_rate=0.3, **changed)
    whole = made.run()
    found = made.probabilities(np.arange(N_TRAIN, len(held[1])))
    truth = held[1][N_TRAIN:]
    best = whole.epochs[whole.best_epoch - 1]
    assert best.balanced_accuracy is None and best.score == best.mean_average_precision > 0.9
    assert best.mean_average_precision == pytest.approx(average_precision_score(truth, found), abs=1e-6)
    assert ((found >= 0.5) == truth).mean() > 0.85 and len(best.recalls) == 3


def test_average_precision_and_f1_agree_with_scikit_learn() -> None:
    rng = np.random.default_rng(3)
    truth = (rng.random((60, 4)) < 0.4).astype(np.uint8)
    truth[:, 3] = 0
    scores = np.round(rng.random((60, 4)), 1)  # with many equal ones
    weights_of = rng.random(60)
    for given in (None, weights_of):
        found = average_precisions(truth, scores, weights=given)
        twin = [average_precision_score(truth[:, i], scores[:, i], sample_weight=given) for i in range(3)]
        assert found[:3] == pytest.approx(twin) and np.isnan(found[3])
    predicted = scores >= 0.5
    found = f1_scores(truth[:, :3], predicted[:, :3])
    assert found.macro == pytest.approx(f1_score(truth[:, :3], predicted[:, :3], average="macro"))
    assert found.micro == pytest.approx(f1_score(truth[:, :3], predicted[:, :3], average="micro"))
    nothing = f1_scores(np.zeros((2, 2)), np.zeros((2, 2)))
    assert np.isnan(nothing.macro) and np.isnan(nothing.micro)


def test_average_precision_by_hand() -> None:
    truth, scores = np.array([[1], [0], [1]]), np.array([[0.9], [0.8], [0.7]])
    assert average_precisions(truth, scores)[0] == pytest.approx((1 + 2 / 3) / 2)
