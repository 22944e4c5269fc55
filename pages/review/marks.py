"""What has been decided of a picture, as the review gallery stamps it."""

from collections.abc import Collection, Sequence

from figures.names import one_line
from pages.ui.filters import label_text, name_of
from pages.ui.rows import Row
from store.decisions import Act


def mark_of(row: Row, *, names: Sequence[str]) -> dict[str, object] | None:
    """act, words and the classes now of a row of store.review.items; None where nothing was decided."""
    act = row["act"]
    if act is None or (act == "restore" and not row["removed"]):
        return None
    now = labels_now(row)
    if row["removed"]:
        return {"act": "remove", "words": "removed", "now": now}
    if act == "relabel":
        words = label_text(row["label_now"], row["labels_now"], names=names)
        return {"act": "relabel", "words": one_line(f"→ {words}"), "now": now}
    return {"act": "keep", "words": "kept", "now": now}


def mark_after(act: Act, *, names: Sequence[str]) -> dict[str, object]:
    """The mark of an act that has just been saved."""
    if act.act == "relabel":
        labels = list(act.labels) if act.labels is not None else [act.label]
        words = label_text(act.label, act.labels, names=names)
        return {"act": "relabel", "words": one_line(f"→ {words}"), "now": labels}
    return {"act": act.act, "words": {"keep": "kept", "remove": "removed"}[act.act]}


def marks_of(
    rows: Sequence[Row], *, names: Sequence[str], is_open: Collection[int] = ()
) -> dict[int, dict[str, object] | None]:
    """The marks by image; those in `is_open` have none, whatever was decided elsewhere."""
    return {int(row["image_id"]): None if row["image_id"] in is_open else mark_of(row, names=names) for row in rows}


def labels_now(row: Row) -> list[int]:
    """The classes a picture has now."""
    if row["labels_now"]:
        return [int(label) for label in row["labels_now"]]
    return [] if row["label_now"] is None else [int(row["label_now"])]


def class_keys(n_classes: int) -> list[str]:
    """A key for each class: its digit up to 9, then the letters that mean nothing else; "" where they run out."""
    keys = list("0123456789bdefghjmopqtvwz")
    return [keys[index] if index < len(keys) else "" for index in range(n_classes)]


def class_choices(names: Sequence[str], *, gone: Collection[int] = ()) -> list[Row]:
    """index, name and key of each class but those that have `gone`."""
    keys = class_keys(len(names))
    there = [i for i in range(len(names)) if i not in gone]
    return [{"index": i, "name": one_line(name_of(i, names=names)), "key": keys[i]} for i in there]
