"""How a network is trained, and what comes out of it: the protocol, an epoch of its curve, the trained network."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch

from models.arrays import Floats, Ints
from models.augment import AUGMENTS, MIXES
from models.catalogue import RESNETS
from models.errors import BadProtocol

OPTIMIZERS = {"sgd": 0.05, "adamw": 0.001}  # with their usual learning rates
LOSSES = ("cross-entropy", "generalised")
SELECTIONS = ("none", "small-loss")


@dataclass(frozen=True)
class Protocol:
    """How to train. learning_rate 0: the optimiser's usual one. patience 0: no early stopping.

    find_rate: a short pass over rising rates comes first, and the rate it suggests is taken. frozen_epochs: so many
    epochs only the head learns (with a checkpoint). selection "small-loss": of each batch only the pictures with the
    smallest loss are learnt from; `forget_rate` of them are left out once `forget_epochs` have gone by.
    device: "cpu", "cuda:0".
    """

    architecture: str = "resnet34"
    epochs: int = 30
    batch_size: int = 128
    optimizer: str = "sgd"
    learning_rate: float = 0.0
    find_rate: bool = False
    weight_decay: float = 5e-4
    augment: str = "none"
    mix: str = "none"
    loss: str = "cross-entropy"
    selection: str = "none"
    forget_rate: float = 0.2
    forget_epochs: int = 10
    label_smoothing: float = 0.0
    class_weights: bool = False
    balanced: bool = False
    patience: int = 8
    frozen_epochs: int = 0
    seed: int = 801
    device: str = "cpu"

    def __post_init__(self) -> None:
        choices: tuple[tuple[str, str, Sequence[str]], ...] = (
            ("architecture", self.architecture, RESNETS),
            ("optimizer", self.optimizer, tuple(OPTIMIZERS)),
            ("augment", self.augment, AUGMENTS),
            ("mix", self.mix, MIXES),
            ("loss", self.loss, LOSSES),
            ("selection", self.selection, SELECTIONS),
        )
        for name, choice, allowed in choices:
            if choice not in allowed:
                raise BadProtocol(f"{name} is one of {', '.join(allowed)}, not {choice!r}.")
        ranges: tuple[tuple[str, float, float, float], ...] = (
            ("epochs", self.epochs, 1, 1000),
            ("batch_size", self.batch_size, 2, 65_536),
            ("learning_rate", self.learning_rate, 0, 10),
            ("weight_decay", self.weight_decay, 0, 1),
            ("forget_rate", self.forget_rate, 0, 0.9),
            ("forget_epochs", self.forget_epochs, 1, 1000),
            ("label_smoothing", self.label_smoothing, 0, 0.9),
            ("patience", self.patience, 0, 1000),
            ("frozen_epochs", self.frozen_epochs, 0, self.epochs),
        )
        for name, value, low, high in ranges:
            if not low <= value <= high:
                raise BadProtocol(f"{name} must lie between {low} and {high}, not {value!r}.")
        if self.selection != "none" and self.mix != "none":
            raise BadProtocol(
                f"selection {self.selection} judges single pictures, so mix must be none, not {self.mix}."
            )

    @property
    def top_rate(self) -> float:
        """The highest learning rate."""
        return self.learning_rate or OPTIMIZERS[self.optimizer]


@dataclass(frozen=True)
class ValidationScores:
    """How well probabilities fit the validation pictures' labels; recalls by class, None for a class without any.

    loss: mean log loss. mean_average_precision: in place of balanced_accuracy where pictures carry several labels.
    """

    loss: float | None
    balanced_accuracy: float | None
    recalls: list[float | None]
    mean_average_precision: float | None = None


# Scores probabilities (n, n_classes) against labels, (n,) class indices or (n, n_classes) of 0 and 1.
Score = Callable[[Floats, Ints], ValidationScores]


@dataclass(frozen=True)
class Epoch:
    """One epoch of a curve. recalls: by class on the validation pictures, None for a class without any.

    mean_average_precision: in place of balanced_accuracy where pictures carry several labels. waiting_share: of its
    training seconds, how much went by until a batch was ready.
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
    mean_average_precision: float | None = None

    @property
    def score(self) -> float | None:
        """What epochs are compared by; None without validation pictures."""
        return self.mean_average_precision if self.balanced_accuracy is None else self.balanced_accuracy


@dataclass(frozen=True)
class RateSearch:
    """What a pass over rising learning rates showed: (rate, smoothed loss) of each batch, and the rate suggested."""

    curve: list[tuple[float, float]]
    rate: float


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
    found_rate: RateSearch | None = None
