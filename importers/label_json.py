"""Labels in JSON: a mapping, a list of rows, COCO, and the forms that other tools write."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from importers.columns import HEADERS, heading, is_multi
from importers.hints import Hints
from importers.json_labels import alike, label_of
from importers.json_objects import n_boxes_of
from importers.keys import FileIndex, composed
from importers.label_rows import LabelRows, checked
from importers.label_tables import SAMPLE_ROWS, Reading, Table, table_readings
from importers.label_values import meanings
from importers.problems import Problems
from importers.types import LayoutError, Problem


class Repeating(dict[str, Any]):
    """A JSON object in which a key comes more than once; pairs: all of them."""

    pairs: list[tuple[str, Any]]


def parse_json(text: str, name: str) -> Any:
    """What a JSON text says; objects with a key twice are Repeating. Raises LayoutError."""
    try:
        return json.loads(text, object_pairs_hook=_keep_repeats)
    except json.JSONDecodeError as error:
        raise LayoutError(
            f"{name} is no valid JSON: {error.msg} (line {error.lineno}, column {error.colno})."
        ) from error
    except (RecursionError, ValueError) as error:  # ValueError: an integer of thousands of digits
        raise LayoutError(f"{name} is no JSON that can be read: {error}.") from error


def json_readings(content: Any, name: str, index: FileIndex | None, hints: Hints) -> list[Reading]:
    """The ways to read the content of a label file in JSON, the likeliest first. Raises LayoutError."""
    if isinstance(content, dict) and isinstance(content.get("images"), list) and "categories" in content:
        return [Reading(hints, "", _from_coco(content, name))]
    if isinstance(content, list):
        return record_readings(content, name, index, hints)
    if isinstance(content, dict) and content:
        return [Reading(hints, "", checked(_from_mapping(content, index), name))]
    raise LayoutError(f"{name} holds no labels: a mapping from file name to label, a list of rows, or COCO is needed.")


def record_readings(records: list[Any], name: str, index: FileIndex | None, hints: Hints) -> list[Reading]:
    """The ways to read a list of rows, each an object. Raises LayoutError."""
    if not records or not all(isinstance(record, dict) for record in records):
        raise LayoutError(f"{name} holds no labels: a list of rows with a path and a label is needed.")
    if are_tasks(records):
        return [Reading(hints, "", checked(_from_tasks(records), name))]
    table = records_table(records, name)
    readings = table_readings(table, index, hints)
    n_boxes = sum(map(n_boxes_of, records))
    if not n_boxes:
        return readings
    return [replace(each, rows=replace(each.rows, n_boxes=n_boxes, are_numbers=True)) for each in readings]


def records_table(records: Sequence[Mapping[str, Any]], name: str) -> Table:
    """Rows that are objects, as a table in which the labels stand in columns of their own."""
    rows = [_flat(record) for record in records]
    header = list(dict.fromkeys(key for row in rows for key in row))
    for key in header:
        is_nested = [isinstance(record.get(key), dict | list) or key not in record for record in records]
        for row, value in zip(rows, alike([row.get(key) for row in rows], is_nested), strict=True):
            if key in row:
                row[key] = value
    sample = [[row.get(key) for key in header] for row in rows[:SAMPLE_ROWS]]
    columns = {number: key for number, key in enumerate(header)}
    return Table(
        name, header, sample, lambda numbers: {number: [row.get(columns[number]) for row in rows] for number in numbers}
    )


def names_from_json(content: Any) -> tuple[list[Any], list[int] | None]:
    """Class names, and their numbers where the file says them: a list, or a mapping from or to numbers."""
    if isinstance(content, dict) and content and all(key.isdecimal() for key in content):
        keys = sorted(content, key=int)
        return [content[key] for key in keys], [int(key) for key in keys]
    if isinstance(content, dict) and content and all(type(value) is int for value in content.values()):
        names = sorted(content, key=content.__getitem__)
        return list(names), [content[name] for name in names]
    if isinstance(content, dict) and isinstance(content.get("classes") or content.get("names"), list | dict):
        return names_from_json(content.get("classes") or content.get("names"))
    return (content if isinstance(content, list) else []), None


def _keep_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    plain = dict(pairs)
    if "segmentation" in plain and "image_id" in plain:  # COCO's outlines: nine tenths of its numbers, and no labels
        plain["segmentation"] = None
    if len(plain) == len(pairs):
        return plain
    repeating = Repeating(plain)
    repeating.pairs = pairs
    return repeating


def _from_mapping(content: dict[str, Any], index: FileIndex | None) -> LabelRows:
    """File to label, or class to files, or FiftyOne's {"classes": [...], "labels": {file: number}}."""
    names: tuple[str, ...] = ()
    inner = content.get("labels")
    if isinstance(inner, dict) and inner and set(content) <= {"classes", "labels", "mask_targets", "info"}:
        classes = content.get("classes")
        names = tuple(map(str, classes)) if isinstance(classes, list) else ()
        content = inner
    pairs = content.pairs if isinstance(content, Repeating) else list(content.items())
    if index is not None and _are_lists_of_files(pairs, index):
        keys = [key for _, files in pairs for key in files]
        return LabelRows(keys=keys, values=[name for name, files in pairs for _ in files])
    is_nested = [isinstance(value, dict) or (isinstance(value, list) and _holds_objects(value)) for _, value in pairs]
    values = alike([label_of(value) for _, value in pairs], is_nested)
    n_boxes = sum(n_boxes_of(value) for (_, value), nested in zip(pairs, is_nested, strict=True) if nested)
    if names and n_boxes:
        values, names = [_by_name(value, names) for value in values], ()
    values = meanings(values, Hints(), is_multi=False)[0].values if all(isinstance(v, str) for v in values) else values
    split = [_said(value, "split") for _, value in pairs]
    split_or_none = split if any(split) else None
    keys = [key for key, _ in pairs]
    return LabelRows(
        keys=keys, values=values, names=names, split=split_or_none, n_boxes=n_boxes, are_numbers=bool(n_boxes)
    )


def _holds_objects(value: list[Any]) -> bool:
    return bool(value) and isinstance(value[0], dict)


def _by_name(value: Any, names: Sequence[str]) -> Any:
    """Class numbers as the names that the file gives them."""
    if isinstance(value, list):
        return [_by_name(one, names) for one in value]
    return names[value] if type(value) is int and 0 <= value < len(names) else value


def _are_lists_of_files(pairs: Sequence[tuple[str, Any]], index: FileIndex) -> bool:
    """Whether a mapping leads from classes to their pictures: the lists name pictures, and the keys do not."""
    if not all(isinstance(files, list) and all(isinstance(file, str) for file in files) for _, files in pairs):
        return False
    files = [file for _, each in pairs[:50] for file in each[:50]]
    n_found = sum(index.find(file) != "missing-file" for file in files)
    n_keys = sum(index.find(key) != "missing-file" for key, _ in pairs[:50])
    return n_found > 0.5 * len(files) and n_keys < 0.5 * len(pairs[:50])


def _said(value: Any, word: str) -> str | None:
    found = value.get(word) if isinstance(value, dict) else None
    return str(found) if isinstance(found, str) else None


def _flat(record: Mapping[str, Any]) -> dict[str, Any]:
    """A row whose objects and lists of objects are the labels in them."""
    if not any(
        isinstance(value, dict) or (isinstance(value, list) and value and isinstance(value[0], dict))
        for value in record.values()
    ):
        return dict(record)
    flat: dict[str, Any] = {}
    for key, value in record.items():
        nested = isinstance(value, dict) or (isinstance(value, list) and bool(value) and isinstance(value[0], dict))
        if not nested:
            flat[key] = value
            continue
        label = label_of(value)
        if isinstance(label, list):
            label = list(dict.fromkeys(one for one in label if isinstance(one, str | int | float)))
        if label is not None and not isinstance(label, dict):
            flat["labels" if not is_multi(key) and not any(heading(k) in HEADERS["label"] for k in record) else key] = (
                label
            )
    return flat


def are_tasks(records: Sequence[Mapping[str, Any]]) -> bool:
    """Whether rows are Label Studio's tasks: what was shown, and what people answered."""
    return all(
        isinstance(record.get("data"), dict) and isinstance(record.get("annotations", record.get("completions")), list)
        for record in records
    )


def _from_tasks(records: Sequence[Mapping[str, Any]]) -> LabelRows:
    keys, values, problems, n_boxes = [], [], Problems(), 0
    for number, record in enumerate(records):
        key = task_key(record)
        answers = record.get("annotations", record.get("completions"))
        given = [one for one in answers if isinstance(one, dict) and not one.get("was_cancelled")]
        said = [one for one in map(_answer, given) if one]
        n_boxes += n_boxes_of(taken_answer(answers))
        keys.append(key)
        values.append(_one_or_several(said[-1]) if said else [] if given else None)
        if len({tuple(one) for one in said}) > 1:
            several = " | ".join(", ".join(one) for one in said)
            reason = f"Task {record.get('id', number)} has several answers that differ; the last one was taken."
            problems.add(Problem(key, "duplicate-key", reason, several[:200]))
    if not n_boxes:  # an answer without a choice says nothing; one without a box says that there is nothing
        values = [None if value == [] else value for value in values]
    if any(isinstance(value, list) for value in values):
        values = [[value] if isinstance(value, str) else value for value in values]
    return LabelRows(keys=keys, values=values, problems=problems.all(), n_boxes=n_boxes)


def task_key(record: Mapping[str, Any]) -> str:
    """What a task of Label Studio's shows: the first text of its data."""
    return next((each for each in record["data"].values() if isinstance(each, str)), "")


def taken_answer(answers: Sequence[Any]) -> list[Any]:
    """The results of the answer to a task that is taken: the last that says something and was not cancelled."""
    given = [one for one in answers if isinstance(one, dict) and not one.get("was_cancelled")]
    last = next((one for one in reversed(given) if _answer(one)), None)
    results = last.get("result") if last is not None else None
    return results if isinstance(results, list) else []


def _answer(annotation: Mapping[str, Any]) -> list[str]:
    """What one person answered: choices, and the labels of regions, each once."""
    labels: dict[str, None] = {}
    results = annotation.get("result")
    for result in results if isinstance(results, list) else []:
        value = result.get("value") if isinstance(result, dict) else None
        if not isinstance(value, dict):
            continue
        for word, said in value.items():
            if word == "choices" or word.endswith("labels") or word == "taxonomy":
                for one in said if isinstance(said, list) else [said]:
                    labels["/".join(map(str, one)) if isinstance(one, list) else str(one)] = None
    return list(labels)


def _one_or_several(labels: list[str]) -> Any:
    return labels if len(labels) > 1 else labels[0]


def _from_coco(content: dict[str, Any], name: str) -> LabelRows:
    try:
        categories = sorted(content["categories"], key=lambda category: coco_id(category["id"]))
        names = [composed(str(category["name"])) for category in categories]
        class_names = tuple(dict.fromkeys(names))
        place = {name: at for at, name in enumerate(class_names)}
        index_of = {coco_id(category["id"]): place[name] for category, name in zip(categories, names, strict=True)}
        licences = {coco_id(one.get("id")): one.get("name") or one.get("url") for one in content.get("licenses", [])}
        images = content["images"]
        classes_of: dict[Any, dict[int, None]] = {coco_id(image["id"]): {} for image in images}
        problems = _gather_annotations(content.get("annotations", []), classes_of, index_of)
        rows = LabelRows(
            keys=[str(image["file_name"]) for image in images],
            values=[list(classes_of[coco_id(image["id"])]) for image in images],
            source_url=[image.get("coco_url") or image.get("flickr_url") or image.get("url") for image in images],
            licence=[licences.get(coco_id(image.get("license"))) for image in images],
            indexed=True,
            format="COCO",
            class_names=class_names,
            problems=problems,
            n_boxes=sum(isinstance(each.get("bbox"), list) for each in content.get("annotations", [])),
        )
        return checked(rows, name)
    except (KeyError, TypeError, AttributeError) as error:
        raise LayoutError(f"{name} looks like COCO, but {error} is missing or of another type.") from error


def coco_id(value: Any) -> Any:
    """An id as it is compared: 7, 7.0 and "7" are one."""
    if isinstance(value, str) and value.strip().isdecimal() and len(value) < 19:
        return int(value)
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value


def _gather_annotations(
    annotations: list[dict[str, Any]], classes_of: dict[Any, dict[int, None]], index_of: dict[Any, int]
) -> list[Problem]:
    problems = Problems()
    for annotation in annotations:
        image_id, category_id = annotation["image_id"], annotation.get("category_id")
        if coco_id(image_id) not in classes_of:
            reason = f"An annotation names the image id {image_id!s:.100}, which the file does not list."
            problems.add(Problem(str(image_id), "missing-file", reason, str(category_id)))
        elif coco_id(category_id) not in index_of:
            reason = (
                f"An annotation of image id {image_id!s:.100} names an undefined category id, {category_id!s:.100}."
            )
            problems.add(Problem(str(image_id), "out-of-range", reason, str(category_id)))
        else:
            classes_of[coco_id(image_id)][index_of[coco_id(category_id)]] = None
    return problems.all()
