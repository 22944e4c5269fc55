"""What mlcroissant finds in exports: run by a Python that has it, in an environment of its own.

`python tests/support/croissant_reader.py OUT FOLDER`: OUT becomes a JSON of each folder in FOLDER: errors, warnings
(also those that are logged alone), and the records of each record set (bytes as text, pictures as their size).
"""

import json
import logging
import sys
import traceback
from pathlib import Path

MOST = 50  # records of a record set


def read(folder):
    import mlcroissant
    from absl import logging as absl_logging

    said = []
    handler = logging.Handler()
    handler.emit = lambda record: said.append(record.getMessage())
    for logger in (logging.getLogger(), absl_logging.get_absl_logger()):
        logger.addHandler(handler)
    try:
        dataset = mlcroissant.Dataset(folder / "croissant.json")
        sets = [each.id for each in dataset.metadata.record_sets]
        issues = dataset.metadata.ctx.issues
        return {
            "conforms_to": dataset.metadata.ctx.conforms_to.value,
            "errors": sorted(issues.errors),
            "warnings": sorted(issues.warnings) + [each for each in said if "WARNING" in each or "error" in each],
            "name": plain(dataset.metadata.name),
            "records": {name: records(dataset, name) for name in sets},
        }
    finally:
        for logger in (logging.getLogger(), absl_logging.get_absl_logger()):
            logger.removeHandler(handler)


def records(dataset, name):
    """The first records of a record set, without the set's name before each field's."""
    found = []
    for record in dataset.records(name):
        found.append({field.rpartition("/")[2]: plain(value) for field, value in record.items()})
        if len(found) == MOST:
            break
    return found


def plain(value):
    """A value as JSON has it."""
    if isinstance(value, bytes):
        return value.decode()
    if isinstance(value, list):
        return [plain(each) for each in value]
    if isinstance(value, dict):
        return {key: plain(each) for key, each in value.items()}
    if hasattr(value, "size") and hasattr(value, "mode"):
        return list(value.size)
    return value.item() if hasattr(value, "item") else value


def main(out: Path, folder: Path) -> None:
    """Read what is there; a reader's failure is its result."""
    said = {}
    for each in sorted(folder.iterdir()):
        try:
            said[each.name] = read(each)
        except Exception:  # noqa: BLE001  whatever a reader says against an export is what is to be known
            said[each.name] = {"failure": traceback.format_exc()}
    out.write_text(json.dumps(said), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
