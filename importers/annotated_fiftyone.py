"""FiftyOne's own export: samples.json with what each field says of each picture, beside metadata.json and data/."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from importers.annotated import AnnotatedPicture, Annotations, ClassPlaces, Object, unreadable_side
from importers.json_objects import objects_of
from importers.keys import composed
from importers.label_json import parse_json
from importers.label_limits import check_text
from importers.listing import Listing
from importers.problems import Problems
from importers.split_words import split_word
from importers.text_tables import encoding_of
from importers.types import LayoutError

KEY = "fiftyone:"
_FILE, _BESIDE = "samples.json", ("metadata.json", "frames.json")
_READ = frozenset(("Classification", "Classifications", "Detection", "Detections", "Polyline", "Polylines"))
_OTHER = frozenset(("Segmentation", "Heatmap", "Keypoint", "Keypoints", "Regression", "GeoLocation"))
_FIRST = ("ground_truth", "groundtruth", "gt")  # what people call the field that is no prediction


@dataclass
class _Field:
    """What one field says. n_sure: its labels without a confidence, as people give them."""

    places: ClassPlaces = field(default_factory=ClassPlaces)
    pictures: list[AnnotatedPicture] = field(default_factory=list)
    n_sure: int = 0


def find_fiftyone(listing: Listing) -> list[Annotations]:
    """The annotations of FiftyOne's samples.json, a set for each field, those of people first.

    Files in several folders, as of a training and a test set, are one set.
    """
    files = [path for path in listing.paths if path.lower().rpartition("/")[2] == _FILE and path.count("/") < 3]
    samples = {path: found for path in files if (found := _samples(listing, path))}
    if not samples:
        return []
    problems = Problems()
    fields: dict[str, _Field] = {}
    others: dict[str, str] = {}
    for path, each in samples.items():
        _read(each, path, fields, others, problems)
    used = frozenset(name for path in samples for name in (path, *(_beside(path, other) for other in _BESIDE)))
    said = tuple(f"The field {name} was not read: it holds a {kind}." for name, kind in others.items())
    where = next(iter(samples)) if len(samples) == 1 else f"all {len(samples)} samples.json"
    ordered = sorted(fields.items(), key=lambda item: (item[0].lower() not in _FIRST, not item[1].n_sure))
    sets = []
    for name, of_field in ordered:
        names, moved = of_field.places.sorted(of_field.pictures)
        about = f"the field {name}" if len(fields) > 1 else ""
        key = f"{KEY}{where if len(samples) == 1 else '*'}{f'#{name}' if about else ''}"
        sets.append(Annotations(key, "FiftyOne", where, names, moved, used, problems.all(), said, about))
    return sets


def _read(samples: list[Any], path: str, fields: dict[str, _Field], others: dict[str, str], problems: Problems) -> None:
    """Take what the samples of one file say into the fields; those that are not read into `others`, with their kind."""
    folder = path.rpartition("/")[0]
    for number, sample in enumerate(samples):
        key = sample.get("filepath") if isinstance(sample, dict) else None
        if not isinstance(key, str) or not key.strip():
            unreadable_side(path, f"sample {number} names no file", problems)
            continue
        if folder and not key.startswith(("/", "\\")) and ":" not in key[:8]:
            key = f"{folder}/{key}"
        split = next((split for tag in _texts(sample.get("tags")) if (split := split_word(tag))), None)
        for name, value in sample.items():
            if isinstance(value, dict) and value.get("_cls") in _OTHER:
                others[name] = str(value["_cls"])
            if isinstance(value, dict) and value.get("_cls") in _READ:
                _take(fields.setdefault(name, _Field()), value, key, split)


def _beside(path: str, name: str) -> str:
    folder = path.rpartition("/")[0]
    return f"{folder}/{name}" if folder else name


def _samples(listing: Listing, path: str) -> list[Any]:
    """The samples of a file; none where it is another JSON, or one that the look at label files will complain of."""
    try:
        encoding = encoding_of(listing.root / path).name
        check_text(listing.root / path, values=True, encoding=encoding)
        content = parse_json((listing.root / path).read_text(encoding=encoding), path)
    except (LayoutError, OSError, UnicodeDecodeError):
        return []
    samples = content.get("samples") if isinstance(content, dict) else None
    return samples if isinstance(samples, list) else []


def _take(field_: _Field, value: Mapping[str, Any], key: str, split: str | None) -> None:
    parts = list(_parts(value))
    field_.n_sure += sum(part.get("confidence") is None for part in parts)
    objects: list[Object] = []
    labels: list[int] = []
    for part in parts:
        name = part.get("label")
        if not isinstance(name, str) or not name.strip():
            continue
        place = field_.places.of(composed(name.strip()))
        found = objects_of(part)
        if part.get("_cls") in ("Classification", None) and not found:
            labels.append(place)
            continue
        objects += [Object(place, one.box, one.outline, one.is_share) for one in found] or [Object(place, None)]
    field_.pictures.append(AnnotatedPicture(key, tuple(objects), None, tuple(labels), split))


def _parts(value: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The labels in a field: itself, or those of its list."""
    lists = [value[name] for name in ("classifications", "detections", "polylines") if name in value]
    if not lists:
        yield value
    for each in lists:
        yield from (one for one in (each if isinstance(each, list) else []) if isinstance(one, dict))


def _texts(value: Any) -> list[str]:
    return [one for one in value if isinstance(one, str)] if isinstance(value, list) else []
