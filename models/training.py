"""Training a ResNet on a uint8 array by a fixed protocol: the same seed, the same weights; a killed run goes on.

Every random choice of an epoch is drawn from (seed, epoch), so that nothing but the last checkpoint is needed to go on.
"""

import dataclasses
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import torch

from models.arrays import Bytes, Floats, Ints
from models.augment import augmented, mixed
from models.errors import BadProtocol, DeviceFull, LossNotFinite, WeightsRefused
from models.losses import kept_share, losses_of, several_labels_loss, small_losses
from models.protocol import Epoch, Protocol, RateSearch, Score, Trained, ValidationScores
from models.rate_finder import find_rate
from models.resnets import fill_from, new_resnet, standardised
from models.training_device import copied, held_on, make_deterministic, reduced_precision
from models.weights import read_torch_file

_WARM_UP = 0.05  # the share of all steps in which the rate rises
_BACKBONE_RATE = 0.1  # of the head's, where a checkpoint is fine-tuned
_LOOK_EVERY = 20  # batches between looks at the losses: a look waits for the device
_EVALUATE_AT_ONCE = 256
_MIN_PASS, _LONGEST_PASS = 20, 100  # batches of a pass over rising rates
_MAX_WEIGHT = 100.0  # of a rare class among several labels
_CHECKPOINT, _BEST = "checkpoint.pt", "best.pt"


Result = TypeVar("Result")


@dataclass(frozen=True, eq=False)
class TrainingData:
    """What is learnt from. pixels: (m, side, side, 3) uint8. labels: (n,) class index, or (n, n_classes) of 0 and 1.

    With several labels a picture there is a sigmoid a class. train, validation: numbers of pictures, 0 to n - 1.
    places: (n,) each picture's row in `pixels`, None where they are in order: copies may share a row and carry other
    labels.
    """

    pixels: Bytes
    labels: Ints
    train: Ints
    validation: Ints
    n_classes: int
    places: Ints | None = None


class Trainer:
    """Trains one network.

    score: scores probabilities of the validation pictures against their labels, after each epoch. folder: where the
    checkpoint and the best weights are kept; what lies there is gone on with. weights: a checkpoint to fine-tune.
    heard(epochs so far, images done): called now and then; a true answer asks to stop.
    """

    def __init__(
        self,
        data: TrainingData,
        *,
        protocol: Protocol,
        score: Score,
        folder: Path,
        weights: Path | None = None,
        heard: Callable[[list[Epoch], int], bool | None] = lambda epochs, done: None,
    ) -> None:
        self._pixels, self._labels, self._n_classes = data.pixels, data.labels, data.n_classes
        self._places = np.arange(len(data.pixels)) if data.places is None else data.places
        self._train, self._validation = data.train, data.validation
        self._protocol, self._folder, self._heard = protocol, folder, heard
        self._score, self._batch_size = score, protocol.batch_size
        self._notes: list[str] = []
        self._several = data.labels.ndim == 2
        if self._several and protocol.loss != "cross-entropy":
            raise BadProtocol(f"loss {protocol.loss} is for one label a picture; choose cross-entropy for several.")
        self._device = torch.device(protocol.device)
        make_deterministic(self._device)
        torch.manual_seed(protocol.seed)
        network = new_resnet(protocol.architecture, n_classes=self._n_classes)
        self._fine_tunes = weights is not None
        if weights is not None and not fill_from(network, weights, architecture=protocol.architecture):
            self._notes.append(
                f"The checkpoint's class head does not have {self._n_classes} classes; a new one was trained."
            )
        self._network = network.to(self._device).to(memory_format=torch.channels_last)
        self._optimizer = _optimizer(self._network, protocol, fine_tunes=self._fine_tunes)
        self._class_weights = self._weights_of_classes()
        self._reduced = reduced_precision(self._device)
        self._on_device = held_on(self._pixels, self._device)
        self._epochs: list[Epoch] = []
        self._found_rate: RateSearch | None = None
        self._at_once = _EVALUATE_AT_ONCE

    def run(self) -> Trained:
        """Train to the end of the protocol, or until the validation pictures have not gained for `patience` epochs."""
        self._go_on()
        if self._protocol.find_rate and self._found_rate is None:
            self._found_rate = self._fitting(self._find_rate)
        while len(self._epochs) < self._protocol.epochs and not self._is_stuck():
            self._one_epoch()
            if self._heard(self._epochs, len(self._epochs) * len(self._train)):
                break
        best = self._best_epoch()
        self._network.load_state_dict(torch.load(self._folder / _BEST, map_location=self._device, weights_only=True))
        stopped = len(self._epochs) < self._protocol.epochs
        precision = "bfloat16 where it is safe" if self._reduced else "float32"
        return Trained(
            self._network, self._epochs, best, stopped, self._batch_size, precision, self._notes, self._found_rate
        )

    def _go_on(self) -> None:
        path = self._folder / _CHECKPOINT
        if not path.exists():
            return
        try:
            kept: dict[str, Any] = read_torch_file(path)
        except WeightsRefused:
            self._notes.append("The checkpoint to go on from was damaged; training began again.")
            return
        self._network.load_state_dict(kept["network"])
        self._optimizer.load_state_dict(kept["optimizer"])
        self._epochs = [Epoch(**epoch) for epoch in kept["epochs"]]
        self._batch_size, self._notes = kept["batch_size"], list(kept["notes"])
        search = kept.get("found_rate")
        self._found_rate = None if search is None else RateSearch(search["curve"], search["rate"])

    def _keep(self) -> None:
        """The checkpoint is replaced whole; the best weights are, too, before it names their epoch."""
        if self._best_epoch() == len(self._epochs):
            _save(self._network.state_dict(), self._folder / _BEST)
        _save(
            {
                "network": self._network.state_dict(),
                "optimizer": self._optimizer.state_dict(),
                "epochs": [dataclasses.asdict(epoch) for epoch in self._epochs],
                "batch_size": self._batch_size,
                "notes": self._notes,
                "found_rate": None if self._found_rate is None else dataclasses.asdict(self._found_rate),
            },
            self._folder / _CHECKPOINT,
        )

    def _one_epoch(self) -> None:
        number = len(self._epochs)
        loss, rate, seconds, waiting = self._fitting(lambda: self._learn(number))
        scores = self._validated()
        self._epochs.append(
            Epoch(
                number + 1,
                loss,
                scores.loss,
                scores.balanced_accuracy,
                scores.recalls,
                learning_rate=rate,
                seconds=round(seconds, 3),
                images_per_second=round(len(self._train) / seconds, 2),
                waiting_share=round(waiting / seconds, 4),
                mean_average_precision=scores.mean_average_precision,
            )
        )
        self._keep()

    def _fitting(self, learn: Callable[[], Result]) -> Result:
        """What `learn` returns; out of memory, it begins again from the state before, with half the batch."""
        before = copied(self._network, self._optimizer)
        while True:
            try:
                return learn()
            except torch.OutOfMemoryError as error:
                if self._batch_size < 4:
                    message = f"Not even batches of {self._batch_size} fit into the memory of {self._device}."
                    raise DeviceFull(f"{message} Choose fewer pixels a side, or a smaller network.") from error
            self._batch_size //= 2  # here, not above: the error holds on to what did not fit
            message = f"The memory of {self._device} was too small; batches of {self._batch_size} since epoch"
            self._notes.append(f"{message} {len(self._epochs) + 1}.")
            self._network.load_state_dict(before[0])
            self._optimizer.load_state_dict(before[1])
            if self._device.type == "cuda":
                torch.cuda.empty_cache()

    def _find_rate(self) -> RateSearch:
        """A pass over rising rates, from which network and optimiser come back as they were."""
        before = copied(self._network, self._optimizer)
        rng = np.random.default_rng([self._protocol.seed, self._protocol.epochs + 1])
        order = self._order(rng)
        n = int(np.clip(len(order) // self._batch_size, _MIN_PASS, _LONGEST_PASS))
        self._network.train()
        self._freeze(self._fine_tunes and self._protocol.frozen_epochs > 0)

        def loss_at(batch: int, rate: float) -> float:
            rows = order[np.arange(batch * self._batch_size, (batch + 1) * self._batch_size) % len(order)]
            self._use_rate(rate)
            loss = float(self._step(*self._batch(rows, rng), share=1.0))
            self._heard(self._epochs, 0)
            return loss

        rate_search = find_rate(loss_at, n=n)
        self._network.load_state_dict(before[0])
        self._optimizer.load_state_dict(before[1])
        return rate_search

    def _learn(self, number: int) -> tuple[float, float, float, float]:
        """Mean loss, last learning rate, seconds, and seconds of waiting for data of one pass."""
        rng = np.random.default_rng([self._protocol.seed, number])
        order = self._order(rng)
        self._network.train()
        self._freeze(number < self._protocol.frozen_epochs and self._fine_tunes)
        began, waited, losses, rate, share = time.perf_counter(), 0.0, [], 0.0, self._kept_share(number)
        starts = range(0, len(order), self._batch_size)
        for batch, first in enumerate(starts):
            asked = time.perf_counter()
            rows = order[first : first + self._batch_size]
            if len(rows) < 2:  # batch normalisation needs two
                continue
            pictures, targets = self._batch(rows, rng)
            waited += time.perf_counter() - asked
            rate = self._set_rate(number + batch / len(starts))
            losses.append((batch, rows, self._step(pictures, targets, share=share)))
            if len(losses) % _LOOK_EVERY == 0:
                self._look(losses, number, rate)
                self._heard(self._epochs, number * len(self._train) + first + len(rows))
        self._look(losses, number, rate)
        mean = float(np.mean([float(loss) for _, _, loss in losses])) if losses else float("nan")
        return mean, rate, time.perf_counter() - began, waited

    def _kept_share(self, number: int) -> float:
        protocol = self._protocol
        if protocol.selection == "none":
            return 1.0
        return kept_share(number, forget_rate=protocol.forget_rate, forget_epochs=protocol.forget_epochs)

    def _order(self, rng: np.random.Generator) -> Ints:
        if not self._protocol.balanced:
            return self._train[rng.permutation(len(self._train))]
        labels = self._labels[self._train]
        counts = np.maximum(self._counts(), 1)
        share = 1 / counts[labels] if not self._several else np.maximum((labels / counts).max(1), 1 / len(labels))
        return rng.choice(self._train, len(self._train), p=share / share.sum())

    def _counts(self) -> Ints:
        """(n_classes,) how many training pictures carry each class."""
        labels = self._labels[self._train]
        return labels.sum(0, dtype=np.int64) if self._several else np.bincount(labels, minlength=self._n_classes)

    def _batch(self, rows: Ints, rng: np.random.Generator) -> tuple[torch.Tensor, torch.Tensor]:
        pictures = augmented(self._pictures(rows), how=self._protocol.augment, rng=rng)
        targets = torch.from_numpy(self._labels[rows])
        if not self._several:
            targets = torch.nn.functional.one_hot(targets, self._n_classes)
        return mixed(standardised(pictures), targets.float().to(self._device), how=self._protocol.mix, rng=rng)

    def _pictures(self, rows: Ints) -> torch.Tensor:
        """(n, 3, side, side) uint8 on the device, channels last in memory."""
        rows = self._places[rows]
        if self._on_device is not None:
            pictures = self._on_device[torch.from_numpy(rows).to(self._device)]
        else:
            pictures = torch.from_numpy(self._pixels[rows]).to(self._device)
        return pictures.permute(0, 3, 1, 2)

    def _step(self, pictures: torch.Tensor, targets: torch.Tensor, *, share: float) -> torch.Tensor:
        """Learn from the `share` of the batch that has the smallest losses; the mean of these."""
        with torch.autocast(self._device.type, torch.bfloat16, enabled=self._reduced):
            logits = self._network(pictures)
        loss = small_losses(self._losses(logits.float(), targets), share=share).mean()
        self._optimizer.zero_grad(set_to_none=True)
        loss.backward()
        self._optimizer.step()
        return loss.detach()

    def _losses(self, logits: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
        """(n,) by picture."""
        smoothing, weights = self._protocol.label_smoothing, self._class_weights
        if self._several:
            return several_labels_loss(logits, targets, smoothing=smoothing, weights=weights)
        return losses_of(logits, targets, loss=self._protocol.loss, smoothing=smoothing, weights=weights)

    def _look(self, losses: list[tuple[int, Ints, torch.Tensor]], number: int, rate: float) -> None:
        """Raise LossNotFinite for the first batch whose loss is not a number."""
        recent = losses[-_LOOK_EVERY:]
        if recent and not torch.isfinite(torch.stack([loss for _, _, loss in recent])).all():
            batch, rows, _ = next(each for each in recent if not torch.isfinite(each[2]))
            raise LossNotFinite(epoch=number + 1, batch=batch + 1, rows=rows.tolist(), learning_rate=rate)

    def _set_rate(self, at: float) -> float:
        """Cosine over all epochs after a short rise; `at`: epochs done, with their fraction."""
        done = at / self._protocol.epochs
        shape = done / _WARM_UP if done < _WARM_UP else (1 + np.cos(np.pi * (done - _WARM_UP) / (1 - _WARM_UP))) / 2
        top = self._protocol.top_rate if self._found_rate is None else self._found_rate.rate
        rate = top * max(float(shape), 1e-3)
        self._use_rate(rate)
        return rate

    def _use_rate(self, rate: float) -> None:
        for group in self._optimizer.param_groups:
            group["lr"] = rate * group["share"]

    def _freeze(self, frozen: bool) -> None:
        for name, parameter in self._network.named_parameters():
            parameter.requires_grad_(name.startswith("fc.") or not frozen)
        if frozen:  # statistics of the backbone stay, too
            self._network.eval()

    def _validated(self) -> ValidationScores:
        """The scores on the validation pictures; none where there are none."""
        if not len(self._validation):
            return ValidationScores(None, None, [])
        return self._score(self.probabilities(self._validation), self._labels[self._validation])

    def probabilities(self, rows: Ints) -> Floats:
        """(len(rows), n_classes) float32 by the network as it is now; a sigmoid a class for several labels."""
        self._network.eval()
        out = np.empty((len(rows), self._n_classes), np.float32)
        first = 0
        while first < len(rows):
            try:
                piece = self._asked(rows[first : first + self._at_once])
                out[first : first + len(piece)] = piece
                first += len(piece)
                continue
            except torch.OutOfMemoryError as error:
                if self._at_once < 2:
                    message = f"Not even one picture fits into the memory of {self._device}."
                    raise DeviceFull(f"{message} Choose fewer pixels a side, or a smaller network.") from error
            self._at_once //= 2
        return out

    def _asked(self, rows: Ints) -> Floats:
        with torch.inference_mode(), torch.autocast(self._device.type, torch.bfloat16, enabled=self._reduced):
            logits = self._network(standardised(self._pictures(rows))).float()
            return (torch.sigmoid(logits) if self._several else torch.softmax(logits, 1)).cpu().numpy()

    def _best_epoch(self) -> int:
        """From 1; without validation pictures the last one."""
        scores = [epoch.score for epoch in self._epochs if epoch.score is not None]
        return int(np.argmax(scores)) + 1 if scores else len(self._epochs)

    def _is_stuck(self) -> bool:
        patience = self._protocol.patience
        return bool(patience and self._epochs and len(self._epochs) - self._best_epoch() >= patience)

    def _weights_of_classes(self) -> torch.Tensor | None:
        if not self._protocol.class_weights:
            return None
        counts = self._counts()
        if self._several:  # so that a class's ones and zeros weigh alike
            weights = np.clip((len(self._train) - counts) / np.maximum(counts, 1), 1 / _MAX_WEIGHT, _MAX_WEIGHT)
        else:
            among = counts.sum() / (counts > 0).sum()
            weights = np.divide(among, counts, out=np.zeros(len(counts)), where=counts > 0)
        return torch.tensor(weights, dtype=torch.float32, device=self._device)


def _optimizer(network: torch.nn.Module, protocol: Protocol, *, fine_tunes: bool) -> torch.optim.Optimizer:
    head = [parameter for name, parameter in network.named_parameters() if name.startswith("fc.")]
    rest = [parameter for name, parameter in network.named_parameters() if not name.startswith("fc.")]
    groups = [{"params": head, "share": 1.0}, {"params": rest, "share": _BACKBONE_RATE if fine_tunes else 1.0}]
    # fused: one pass over the weights instead of five; on two cores that spares a quarter of a step
    rate, decay = protocol.top_rate, protocol.weight_decay
    if protocol.optimizer == "adamw":
        return torch.optim.AdamW(groups, lr=rate, weight_decay=decay, fused=True)
    return torch.optim.SGD(groups, lr=rate, momentum=0.9, weight_decay=decay, nesterov=True, fused=True)


def _save(content: object, path: Path) -> None:
    part = path.with_name(f".{path.name}.tmp")
    torch.save(content, part)
    os.replace(part, path)
