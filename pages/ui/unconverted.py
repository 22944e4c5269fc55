"""How kinds that do not yet describe themselves are called. It goes when the last kind has a kind.py."""

TITLES = {
    "data-budget": "Data budget",
    "augment-preview": "Preview of made pictures",
    "export": "Export",
    "check-submission": "Check of a submission",
    "train": "Training",
    "zero-shot": "Zero-shot",
    "attributes": "Attribute",
}
