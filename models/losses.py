"""Losses picture by picture, and which pictures of a batch are learnt from."""

import torch
from torch.nn.functional import binary_cross_entropy_with_logits, cross_entropy

Q = 0.7  # of the generalised cross-entropy, as its paper has it


def losses_of(
    logits: torch.Tensor, targets: torch.Tensor, *, loss: str, smoothing: float, weights: torch.Tensor | None
) -> torch.Tensor:
    """The loss (n,) of each picture, so weighted that their mean is the batch's loss.

    logits, targets: (n, c); each row of targets sums to 1. loss: "cross-entropy", or "generalised", (1 - p^q) / q,
    which wrong labels pull less. weights: (c,) by class. Ref: Zhang and Sabuncu, NeurIPS 2018 (generalised).
    """
    if loss == "cross-entropy":
        return cross_entropy(logits, targets, weight=weights, label_smoothing=smoothing, reduction="none")
    targets = targets * (1 - smoothing) + smoothing / targets.shape[1]
    own = (torch.softmax(logits, 1) * targets).sum(1).clamp_min(1e-7)
    each = (1 - own**Q) / Q
    return each if weights is None else each * (targets * weights).sum(1)


def several_labels_loss(
    logits: torch.Tensor, targets: torch.Tensor, *, smoothing: float, weights: torch.Tensor | None
) -> torch.Tensor:
    """The mean binary cross-entropy (n,) of each picture over the classes; a sigmoid a class.

    logits, targets: (n, c), a target of 1 for each label that a picture carries. weights: (c,) of the classes' ones.
    """
    targets = targets * (1 - smoothing) + smoothing / 2
    return binary_cross_entropy_with_logits(logits, targets, pos_weight=weights, reduction="none").mean(1)


def kept_share(epoch: int, *, forget_rate: float, forget_epochs: int) -> float:
    """The share of each batch that is learnt from in epoch t (from 0): 1 - forget_rate * min(t / forget_epochs, 1).

    Ref: Han et al., "Co-teaching", NeurIPS 2018, with its exponent c = 1.
    """
    return 1 - forget_rate * min(epoch / forget_epochs, 1)


def small_losses(losses: torch.Tensor, *, share: float) -> torch.Tensor:
    """The `share` of `losses` (n,) that are smallest, one at least: networks learn right labels before wrong ones.

    A loss that is not a number stays in, so that it is noticed.
    """
    n = max(1, round(share * len(losses)))
    if n == len(losses) or not torch.isfinite(losses).all():
        return losses
    return losses[torch.topk(losses.detach(), n, largest=False).indices]
