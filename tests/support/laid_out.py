"""Folders for tests of layouts: files that only have names, label files, and what was found in words."""

import json
from pathlib import Path

from importers.types import FolderContents


def make(root: Path, *paths: str) -> Path:
    """Create files; a path's content does not matter here, for no picture is opened."""
    for path in paths:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(b"x")
    return root


def labels_json(root: Path, labels: dict | str) -> Path:
    (root / "labels.json").write_text(labels if isinstance(labels, str) else json.dumps(labels))
    return root


def table(root: Path, *lines: str, name: str = "labels.csv") -> Path:
    (root / name).write_text("\n".join(lines) + "\n")
    return root


def labels_of(found: FolderContents) -> dict[str, object]:
    """Path -> class name, list of class names, or None."""
    names = found.class_names
    labels = {}
    for row in found.files.to_pylist():
        if found.task == "multi":
            labels[row["path"]] = None if row["labels"] is None else [names[index] for index in row["labels"]]
        else:
            labels[row["path"]] = None if row["label"] is None else names[row["label"]]
    return labels


def splits_of(found: FolderContents) -> dict[str, str | None]:
    return {row["path"]: row["split"] for row in found.files.to_pylist()}


def problems_of(found: FolderContents) -> dict[str, str]:
    return {row["key"]: row["code"] for row in found.label_problems.to_pylist()}


def options_of(found: FolderContents) -> list[str]:
    assert found.question is not None
    assert found.question.default == found.question.options[0].key == found.reading
    return [option.key for option in found.question.options]
