"""Training a ResNet on a uint8 array by a fixed protocol: the same seed, the same weights; a killed run goes on.

Every random choice of an epoch is drawn from (seed, epoch), so that nothing but the last checkpoint is needed to go on.
"""

import dataclasses
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from models.augment import AUGMENTS, MIXES, augmented, mixed
from models.catalogue import RESNETS
from models.errors import BadProtocol, DeviceFull, LossNotFinite
from models.resnets import fill_from, new_resnet, standardised

OPTIMIZERS = {"sgd": 0.05, "adamw": 0.001}  # with their usual learning rates
LOSSES = ("cross-entropy", "generalised")
Q = 0.7  # of the generalised cross-entropy, as its paper has it
_WARM_UP = 0.05  # the share of all steps in which the rate rises
_BACKBONE_RATE = 0.1  # of the head's, where a checkpoint is fine-tuned
_LOOK_EVERY = 20  # batches between looks at the losses: a look waits for the device
_EVALUATE_AT_ONCE = 256
_CHECKPOINT, _BEST = "checkpoint.pt", "best.pt"


@dataclass(frozen=True)
class Protocol:
    """How to train. learning_rate 0: the optimiser's usual one. patience 0: no early stopping.

    frozen_epochs: so many epochs only the head learns (with a checkpoint). device: "cpu", "cuda:0".
    """

    architecture: str = "resnet34"
    epochs: int = 30
    batch_size: int = 128
    optimizer: str = "sgd"
    learning_rate: float = 0.0
    weight_decay: float = 5e-4
    augment: str = "none"
    mix: str = "none"
    loss: str = "cross-entropy"
    label_smoothing: float = 0.0
    class_weights: bool = False
    balanced: bool = False
    patience: int = 8
    frozen_epochs: int = 0
    seed: int = 801
    device: str = "cpu"

    def __post_init__(self) -> None:
        for name, value, known in (
            ("architecture", self.architecture, RESNETS), ("optimizer", self.optimizer, tuple(OPTIMIZERS)),
            ("augment", self.augment, AUGMENTS), ("mix", self.mix, MIXES), ("loss", self.loss, LOSSES),
        ):  # fmt: skip
            if value not in known:
                raise BadProtocol(f"{name} is one of {', '.join(known)}, not {value!r}.")
        for name, value, low, high in (
            ("epochs", self.epochs, 1, 1000), ("batch_size", self.batch_size, 2, 65_536),
            ("learning_rate", self.learning_rate, 0, 10), ("weight_decay", self.weight_decay, 0, 1),
            ("label_smoothing", self.label_smoothing, 0, 0.9), ("patience", self.patience, 0, 1000),
            ("frozen_epochs", self.frozen_epochs, 0, self.epochs),
        ):  # fmt: skip
            if not low <= value <= high:
                raise BadProtocol(f"{name} must lie between {low} and {high}, not {value!r}.")

    @property
    def top_rate(self) -> float:
        """The highest learning rate."""
        return self.learning_rate or OPTIMIZERS[self.optimizer]


@dataclass(frozen=True)
class Epoch:
    """One epoch of a curve. recalls: by class on the validation pictures, None for a class without any.

    waiting_share: of its training seconds, how much went by until a batch was ready.
    """

    epoch: int
    train_loss: float
    validation_loss: float | None
    balanced_accuracy: float | None
    recalls: list[float | None]
    learning_rate: float
    seconds: float
    images_per_second: float
    waiting_share: float


@dataclass(frozen=True)
class Trained:
    """A trained network with the weights of its best epoch, and how it came to them."""

    network: torch.nn.Module
    epochs: list[Epoch]
    best_epoch: int
    stopped_early: bool
    batch_size: int
    precision: str
    notes: list[str]


class Trainer:
    """Trains one network. pixels: (n, side, side, 3) uint8; labels: (n,) class index; train, validation: rows.

    folder: where the checkpoint and the best weights are kept; what lies there is gone on with. weights: a checkpoint
    to fine-tune. heard(epochs so far, images done): called now and then; a true answer asks to stop.
    """

    def __init__(
        self, pixels: np.ndarray, labels: np.ndarray, *, train: np.ndarray, validation: np.ndarray, n_classes: int,
        protocol: Protocol, folder: Path, weights: Path | None = None,
        heard: Callable[[list[Epoch], int], bool | None] = lambda epochs, done: None,
    ) -> None:  # fmt: skip
        self._pixels, self._labels = pixels, labels
        self._train, self._validation = train, validation
        self._n_classes, self._protocol, self._folder, self._heard = n_classes, protocol, folder, heard
        self._batch_size, self._notes = protocol.batch_size, []
        self._device = torch.device(protocol.device)
        _make_deterministic(self._device)
        torch.manual_seed(protocol.seed)
        network = new_resnet(protocol.architecture, n_classes=n_classes)
        self._fine_tunes = weights is not None
        if weights is not None and not fill_from(network, weights, architecture=protocol.architecture):
            self._notes.append(f"The checkpoint's class head does not have {n_classes} classes; a new one was trained.")
        self._network = network.to(self._device, memory_format=torch.channels_last)
        self._optimizer = _optimizer(self._network, protocol, fine_tunes=self._fine_tunes)
        self._class_weights = self._weights_of_classes()
        self._reduced = reduced_precision(self._device)
        self._on_device = _on_device(pixels, self._device)
        self._epochs: list[Epoch] = []

    def run(self) -> Trained:
        """Train to the end of the protocol, or until the validation pictures have not gained for `patience` epochs."""
        self._go_on()
        while len(self._epochs) < self._protocol.epochs and not self._is_stuck():
            self._one_epoch()
            if self._heard(self._epochs, len(self._epochs) * len(self._train)):
                break
        best = self._best_epoch()
        self._network.load_state_dict(torch.load(self._folder / _BEST, map_location=self._device, weights_only=True))
        stopped = len(self._epochs) < self._protocol.epochs
        precision = "bfloat16 where it is safe" if self._reduced else "float32"
        return Trained(self._network, self._epochs, best, stopped, self._batch_size, precision, self._notes)

    def _go_on(self) -> None:
        path = self._folder / _CHECKPOINT
        if path.exists():
            kept = torch.load(path, map_location=self._device, weights_only=True)
            self._network.load_state_dict(kept["network"])
            self._optimizer.load_state_dict(kept["optimizer"])
            self._epochs = [Epoch(**epoch) for epoch in kept["epochs"]]
            self._batch_size, self._notes = kept["batch_size"], list(kept["notes"])

    def _keep(self) -> None:
        """The checkpoint is replaced whole; the best weights are, too, before it names their epoch."""
        if self._best_epoch() == len(self._epochs):
            _save(self._network.state_dict(), self._folder / _BEST)
        _save(
            {
                "network": self._network.state_dict(), "optimizer": self._optimizer.state_dict(),
                "epochs": [dataclasses.asdict(epoch) for epoch in self._epochs], "batch_size": self._batch_size,
                "notes": self._notes,
            },
            self._folder / _CHECKPOINT,
        )  # fmt: skip

    def _one_epoch(self) -> None:
        """An epoch from the last checkpoint's state on; out of memory, it begins again with half the batch."""
        number = len(self._epochs)
        while True:
            try:
                before = None if self._device.type == "cpu" else _copied(self._network, self._optimizer)
                found = self._learn(number)
                break
            except torch.OutOfMemoryError as error:
                if self._batch_size < 4:
                    said = f"Not even batches of {self._batch_size} fit into the memory of {self._device}."
                    raise DeviceFull(said) from error
                self._batch_size //= 2
                said = f"The memory of {self._device} was too small; batches of {self._batch_size} since epoch"
                self._notes.append(f"{said} {number + 1}.")
                self._network.load_state_dict(before[0])
                self._optimizer.load_state_dict(before[1])
                torch.cuda.empty_cache()
        loss, rate, seconds, waiting = found
        judged = self._judge() if len(self._validation) else (None, None, [])
        self._epochs.append(
            Epoch(
                number + 1, loss, *judged, rate, round(seconds, 3), round(len(self._train) / seconds, 2),
                round(waiting / seconds, 4),
            )
        )  # fmt: skip
        self._keep()

    def _learn(self, number: int) -> tuple[float, float, float, float]:
        """Mean loss, last learning rate, seconds, and seconds of waiting for data of one pass."""
        rng = np.random.default_rng([self._protocol.seed, number])
        order = self._order(rng)
        self._network.train()
        self._freeze(number < self._protocol.frozen_epochs and self._fine_tunes)
        began, waited, losses, rate = time.perf_counter(), 0.0, [], 0.0
        starts = range(0, len(order), self._batch_size)
        for batch, first in enumerate(starts):
            asked = time.perf_counter()
            rows = order[first : first + self._batch_size]
            if len(rows) < 2:  # batch normalisation needs two
                continue
            pictures, targets = self._batch(rows, rng)
            waited += time.perf_counter() - asked
            rate = self._set_rate(number + batch / len(starts))
            losses.append((batch, rows, self._step(pictures, targets)))
            if len(losses) % _LOOK_EVERY == 0:
                self._look(losses, number, rate)
                self._heard(self._epochs, number * len(self._train) + first + len(rows))
        self._look(losses, number, rate)
        mean = float(np.mean([float(loss) for _, _, loss in losses])) if losses else float("nan")
        return mean, rate, time.perf_counter() - began, waited

    def _order(self, rng: np.random.Generator) -> np.ndarray:
        if not self._protocol.balanced:
            return self._train[rng.permutation(len(self._train))]
        labels = self._labels[self._train]
        share = 1 / np.bincount(labels, minlength=self._n_classes)[labels]
        return rng.choice(self._train, len(self._train), p=share / share.sum())

    def _batch(self, rows: np.ndarray, rng: np.random.Generator) -> tuple[torch.Tensor, torch.Tensor]:
        pictures = augmented(self._pictures(rows), how=self._protocol.augment, rng=rng)
        targets = torch.nn.functional.one_hot(torch.from_numpy(self._labels[rows]), self._n_classes)
        return mixed(standardised(pictures), targets.float().to(self._device), how=self._protocol.mix, rng=rng)

    def _pictures(self, rows: np.ndarray) -> torch.Tensor:
        """(n, 3, side, side) uint8 on the device, channels last in memory."""
        if self._on_device is not None:
            found = self._on_device[torch.from_numpy(rows).to(self._device)]
        else:
            found = torch.from_numpy(self._pixels[rows]).to(self._device)
        return found.permute(0, 3, 1, 2)

    def _step(self, pictures: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
        with torch.autocast(self._device.type, torch.bfloat16, enabled=self._reduced):
            logits = self._network(pictures)
        loss = self._loss(logits.float(), targets)
        self._optimizer.zero_grad(set_to_none=True)
        loss.backward()
        self._optimizer.step()
        return loss.detach()

    def _loss(self, logits: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
        """Cross-entropy, or (1 - p^q) / q, which wrong labels pull less. Ref: Zhang and Sabuncu, NeurIPS 2018."""
        smoothing, weights = self._protocol.label_smoothing, self._class_weights
        if self._protocol.loss == "cross-entropy":
            return torch.nn.functional.cross_entropy(logits, targets, weight=weights, label_smoothing=smoothing)
        targets = targets * (1 - smoothing) + smoothing / self._n_classes
        own = (torch.softmax(logits, 1) * targets).sum(1).clamp_min(1e-7)
        each = (1 - own**Q) / Q
        return (each if weights is None else each * (targets * weights).sum(1)).mean()

    def _look(self, losses: list[tuple[int, np.ndarray, torch.Tensor]], number: int, rate: float) -> None:
        """Raise LossNotFinite for the first batch whose loss is not a number."""
        recent = losses[-_LOOK_EVERY:]
        if recent and not torch.isfinite(torch.stack([loss for _, _, loss in recent])).all():
            batch, rows, _ = next(each for each in recent if not torch.isfinite(each[2]))
            raise LossNotFinite(epoch=number + 1, batch=batch + 1, rows=rows.tolist(), learning_rate=rate)

    def _set_rate(self, at: float) -> float:
        """Cosine over all epochs after a short rise; `at`: epochs done, with their fraction."""
        done = at / self._protocol.epochs
        shape = done / _WARM_UP if done < _WARM_UP else (1 + np.cos(np.pi * (done - _WARM_UP) / (1 - _WARM_UP))) / 2
        rate = self._protocol.top_rate * max(float(shape), 1e-3)
        for group in self._optimizer.param_groups:
            group["lr"] = rate * group["share"]
        return rate

    def _freeze(self, frozen: bool) -> None:
        for name, parameter in self._network.named_parameters():
            parameter.requires_grad_(name.startswith("fc.") or not frozen)
        if frozen:  # statistics of the backbone stay, too
            self._network.eval()

    def _judge(self) -> tuple[float, float, list[float | None]]:
        """Loss, balanced accuracy and recalls on the validation pictures."""
        found = self.probabilities(self._validation)
        truth = self._labels[self._validation]
        loss = float(-np.log(np.maximum(found[np.arange(len(truth)), truth], 1e-12)).mean())
        support = np.bincount(truth, minlength=self._n_classes)
        right = np.bincount(truth[found.argmax(1) == truth], minlength=self._n_classes)
        recalls = [float(a / b) if b else None for a, b in zip(right, support, strict=True)]
        return loss, float(np.mean([recall for recall in recalls if recall is not None])), recalls

    def probabilities(self, rows: np.ndarray) -> np.ndarray:
        """(len(rows), n_classes) float32 by the network as it is now."""
        self._network.eval()
        out = np.empty((len(rows), self._n_classes), np.float32)
        with torch.inference_mode(), torch.autocast(self._device.type, torch.bfloat16, enabled=self._reduced):
            for first in range(0, len(rows), _EVALUATE_AT_ONCE):
                logits = self._network(standardised(self._pictures(rows[first : first + _EVALUATE_AT_ONCE])))
                out[first : first + len(logits)] = torch.softmax(logits.float(), 1).cpu().numpy()
        return out

    def _best_epoch(self) -> int:
        """From 1; without validation pictures the last one."""
        scores = [epoch.balanced_accuracy for epoch in self._epochs]
        return len(scores) if not scores or scores[0] is None else int(np.argmax(scores)) + 1

    def _is_stuck(self) -> bool:
        patience = self._protocol.patience
        return bool(patience and self._epochs and len(self._epochs) - self._best_epoch() >= patience)

    def _weights_of_classes(self) -> torch.Tensor | None:
        if not self._protocol.class_weights:
            return None
        counts = np.bincount(self._labels[self._train], minlength=self._n_classes)
        weights = np.divide(counts.sum() / (counts > 0).sum(), counts, out=np.zeros(len(counts)), where=counts > 0)
        return torch.tensor(weights, dtype=torch.float32, device=self._device)


def reduced_precision(device: torch.device) -> bool:
    """Whether bfloat16 is worth it: on CUDA, and on processors that multiply it."""
    return device.type == "cuda" or bool(torch.ops.mkldnn._is_mkldnn_bf16_supported())


def _make_deterministic(device: torch.device) -> None:
    if device.type == "cuda":
        os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
        torch.backends.cudnn.benchmark = False
        torch.backends.cudnn.deterministic = True


def _on_device(pixels: np.ndarray, device: torch.device) -> torch.Tensor | None:
    """All pictures in the device's memory where they take less than half of what is free, else None."""
    if device.type == "cpu" or pixels.nbytes > torch.cuda.mem_get_info(device)[0] / 2:
        return None
    return torch.from_numpy(np.ascontiguousarray(pixels)).to(device)


def _optimizer(network: torch.nn.Module, protocol: Protocol, *, fine_tunes: bool) -> torch.optim.Optimizer:
    head = [parameter for name, parameter in network.named_parameters() if name.startswith("fc.")]
    rest = [parameter for name, parameter in network.named_parameters() if not name.startswith("fc.")]
    groups = [{"params": head, "share": 1.0}, {"params": rest, "share": _BACKBONE_RATE if fine_tunes else 1.0}]
    if protocol.optimizer == "adamw":
        return torch.optim.AdamW(groups, lr=protocol.top_rate, weight_decay=protocol.weight_decay)
    return torch.optim.SGD(
        groups, lr=protocol.top_rate, momentum=0.9, nesterov=True, weight_decay=protocol.weight_decay
    )


def _copied(network: torch.nn.Module, optimizer: torch.optim.Optimizer) -> tuple[dict, dict]:
    """States on the CPU, to go back to."""
    state = {name: value.detach().cpu().clone() for name, value in network.state_dict().items()}
    kept = optimizer.state_dict()
    of = {key: {name: v.cpu().clone() if torch.is_tensor(v) else v for name, v in values.items()}
          for key, values in kept["state"].items()}  # fmt: skip
    return state, {"state": of, "param_groups": kept["param_groups"]}


def _save(content: object, path: Path) -> None:
    part = path.with_name(f".{path.name}.tmp")
    torch.save(content, part)
    os.replace(part, path)
