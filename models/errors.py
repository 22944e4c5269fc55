"""What can go wrong with a model, in one tree:

ModelError
├── UnknownModel       the key names no model that Vitrine knows how to build
├── PackageMissing     the model's library is not installed
├── WeightsMissing     the weights are not on this machine, and no download was allowed
├── WeightsMismatch    the file's tensors are not those of the chosen model
│   └── WeightsRefused the file is damaged, or holds more than tensors, so it was not opened
├── DownloadFailed     a download that was allowed did not succeed
├── DeviceMissing      the device asked for is not in this machine
├── DeviceFull         a batch does not fit in the device's memory
├── TextTooLong        a text of more word pieces than the model reads
├── BadProtocol        a training protocol with a value out of its range
└── LossNotFinite      the loss of a batch is not a number

Every message says what was wrong, the value seen, and what to do next.
"""


class ModelError(Exception):
    """Anything that keeps a model from being loaded or run."""


class UnknownModel(ModelError):
    """The key names no model that Vitrine knows how to build."""


class PackageMissing(ModelError):
    """The model's library is not installed."""


class WeightsMissing(ModelError):
    """The weights are not on this machine, and no download was allowed."""


class WeightsMismatch(ModelError):
    """The file's tensors are not those of the chosen model."""


class WeightsRefused(WeightsMismatch):
    """The file is damaged, or holds more than tensors, so it was not opened."""


class DownloadFailed(ModelError):
    """A download that was allowed did not succeed."""


class DeviceMissing(ModelError):
    """The device asked for is not in this machine."""


class DeviceFull(ModelError):
    """A batch does not fit in the device's memory."""


class TextTooLong(ModelError):
    """A text of more word pieces than the model reads; it would be cut off in silence."""

    def __init__(self, text: str, *, n_tokens: int, max_tokens: int) -> None:
        shown = text if len(text) <= 60 else f"{text[:57]}..."
        super().__init__(f"The prompt {shown!r} has {n_tokens} word pieces; the model reads {max_tokens}. Shorten it.")


class BadProtocol(ModelError):
    """A training protocol with a value out of its range."""


class LossNotFinite(ModelError):
    """The loss of a batch is not a number. epoch, batch count from 1; rows are the batch's pictures."""

    def __init__(self, *, epoch: int, batch: int, rows: list[int], learning_rate: float) -> None:
        super().__init__(
            f"The loss of batch {batch} in epoch {epoch} is not a number, at a learning rate of {learning_rate:g}. "
            "Choose a smaller learning rate and train again."
        )
        self.epoch, self.batch, self.rows = epoch, batch, rows
