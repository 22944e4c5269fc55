"""What evidence refuses.

EvidenceError
├── CannotMeasure    a number cannot be had: its run is gone, was never made, or has nothing to say
└── BadMeasure       a measure that there is not, or parameters that it does not take

Both are errors of the store too: whoever answers for what a person asked of a workspace answers for these.
"""

from store.errors import StoreError


class EvidenceError(StoreError):
    """Anything evidence refuses."""


class CannotMeasure(EvidenceError):
    """A number cannot be had now; the message says why, as a sentence."""


class BadMeasure(EvidenceError):
    """No measure has that name, or it does not take these parameters."""
