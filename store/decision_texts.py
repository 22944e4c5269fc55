"""What a decisions file must be: one model for all of it, read before a word of it is believed."""

import contextlib
import datetime
import json
import math
from collections.abc import Mapping
from typing import Annotated, Any, Literal

import pydantic
from pydantic import AfterValidator, BeforeValidator, FailFast, Field, StringConstraints, TypeAdapter

from store.decisions import ACTS
from store.errors import BadDecisionFile
from store.rows import JsonObject

FORMAT = "vitrine-decisions"
VERSION = 1
NOBODY = "unknown"  # whose acts are that were kept without a name
# Reading takes at most 0.4 GB and 8 s on two slow cores, whatever stands in the file (docs/security.md). A real act
# takes 300 bytes and more, and about 25 values.
MOST_BYTES = 64 << 20
MOST_ACTS = 200_000
MOST_VALUES = 8_000_000
MOST_LABELS = 1_000
_LONGEST = {"sha256": 200, "path": 4_096, "who": 200, "undone_by": 200, "reason": 2_000, "evidence": 20_000}
_ANY_JSON: TypeAdapter[Any] = TypeAdapter(Any)  # has an end to nesting, and takes no half surrogate pairs
_EARLIEST, _LATEST = datetime.datetime(1970, 1, 1), datetime.datetime(2200, 1, 1)  # UTC


def is_a_name(text: str) -> bool:
    """Whether a text shows anything at all: a letter, a digit, a sign."""
    return any(letter.isprintable() and not letter.isspace() for letter in text)


def evidence_text(evidence: Mapping[str, Any]) -> str:
    """What was shown, as JSON that every reader takes: a number that is none, or is without end, is null."""
    return json.dumps(_finite(evidence), allow_nan=False)


def read_evidence(text: str | None) -> JsonObject:
    """What was shown when a decision was made; {"note": text} where the text is no JSON object, {} without any."""
    if not text:
        return {}
    try:
        content = _ANY_JSON.validate_json(text)
    except ValueError:
        content = None
    if not isinstance(content, dict):
        return {"note": text.encode(errors="replace").decode()}
    return content


def _finite(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _finite(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(inner) for inner in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _without_null(text: str) -> str:
    if "\0" in text:
        raise ValueError("holds a character that no text has")
    return text


def _with_a_letter(text: str) -> str:
    if not is_a_name(text):
        raise ValueError("is empty")
    return text


def _few(labels: object) -> object:
    if isinstance(labels, list) and len(labels) > MOST_LABELS:  # before any of them is looked at
        raise ValueError("too many")
    return labels


def _time(value: object) -> datetime.datetime:
    """A time in ISO 8601 as UTC without its zone; raises ValueError."""
    if not isinstance(value, str) or len(value) > 60:
        raise ValueError("no text")
    time = datetime.datetime.fromisoformat(value)
    try:
        utc = time.astimezone(datetime.UTC).replace(tzinfo=None) if time.tzinfo else time
    except OverflowError as error:  # 9999-12-31T23:59:59-14:00 is in the year 10000
        raise ValueError("out of range") from error
    if not _EARLIEST <= utc < _LATEST:
        raise ValueError("out of range")
    return utc


def _evidence(value: object) -> str:
    """A JSON object, as one or as its text, as a text that every reader takes; raises ValueError."""
    if isinstance(value, str) and len(value) <= _LONGEST["evidence"]:
        with contextlib.suppress(pydantic.ValidationError):
            value = _ANY_JSON.validate_json(value)
    text = evidence_text(value) if isinstance(value, dict) else ""
    if not 0 < len(text) <= _LONGEST["evidence"]:
        raise ValueError("no object, or a long one")
    return text


_Text = Annotated[str, AfterValidator(_without_null)]
_Name = Annotated[
    str, StringConstraints(max_length=_LONGEST["who"]), AfterValidator(_with_a_letter), AfterValidator(_without_null)
]
_Class = Annotated[str, StringConstraints(max_length=10_000)]
_Time = Annotated[datetime.datetime, BeforeValidator(_time)]


class WrittenAct(pydantic.BaseModel):
    """An act as a file has it, with classes by name; what else stands there is left alone."""

    model_config = pydantic.ConfigDict(frozen=True, extra="ignore")

    sha256: _Text = Field(min_length=1, max_length=_LONGEST["sha256"])
    path: _Text = Field(min_length=1, max_length=_LONGEST["path"])
    act: Literal["keep", "relabel", "remove", "restore", "flag"]  # ACTS
    who: _Name
    decided_at: _Time
    label: _Class | None = None
    labels: Annotated[list[_Class], BeforeValidator(_few)] | None = None
    reason: Annotated[_Text, StringConstraints(max_length=_LONGEST["reason"])] | None = None
    evidence: Annotated[str, BeforeValidator(_evidence)] | None = None
    undone_by: _Name | None = None
    undone_at: _Time | None = None

    @pydantic.model_validator(mode="after")
    def _says_who_took_it_back(self) -> "WrittenAct":
        if self.undone_at is not None and self.undone_by is None:
            raise ValueError("was taken back, but undone_by does not say by whom.")
        return self


class _Content(pydantic.BaseModel):
    model_config = pydantic.ConfigDict(frozen=True, extra="ignore")

    format: Literal["vitrine-decisions"]  # FORMAT
    version: Literal[1]  # VERSION
    acts: Annotated[list[WrittenAct], Field(max_length=MOST_ACTS), FailFast()]


def read_acts(text: str | bytes) -> list[WrittenAct]:
    """All acts of a file, checked; raises BadDecisionFile, which says what is wrong and where."""
    content = _decoded(text)
    if sum(content.count(sign) for sign in (b",", b"[", b"{")) > MOST_VALUES:
        raise BadDecisionFile(f"The file holds more than {MOST_VALUES:,} values; no decisions file does.")
    try:
        return _Content.model_validate_json(content).acts
    except pydantic.ValidationError as error:
        first = error.errors(include_url=False)[0]
        raise BadDecisionFile(_sentence(first)) from None


def _decoded(text: str | bytes) -> bytes:
    """The file as UTF-8; raises BadDecisionFile."""
    if len(text) > MOST_BYTES:
        raise BadDecisionFile(f"The file is larger than {MOST_BYTES >> 20} MiB, the most that is read at once.")
    try:
        if isinstance(text, bytes):
            text = text.decode(json.detect_encoding(text))
        return text.removeprefix("\ufeff").encode()
    except UnicodeError as error:  # half a surrogate pair, or bytes of another encoding
        raise BadDecisionFile(f"This is no JSON file: {error}. A decisions file comes from another Vitrine.") from error


def _sentence(error: Mapping[str, Any]) -> str:
    """What was wrong, where, and the value seen."""
    kind, place, seen = error["type"], error["loc"], _seen(error["input"])
    if kind == "json_invalid":
        return f"This is no JSON file: {error['ctx']['error']}. A decisions file comes from another Vitrine."
    if not place or place[0] == "format":
        return "This is not a decisions file: the Review page's History, or export-decisions, makes one."
    if place[0] == "version":
        return f"The file is of version {'none' if kind == 'missing' else seen}; this Vitrine reads {VERSION}."
    if kind == "too_long" and len(place) == 1:
        return f"The file holds more than {MOST_ACTS:,} acts, the most that are read at once."
    if len(place) == 1 or (len(place) == 2 and kind != "value_error"):
        return 'The file has no list "acts" of objects.'
    return f"Act {place[1] + 1} of the file{_about_act(error, seen)}"


def _about_act(error: Mapping[str, Any], seen: str) -> str:
    place = error["loc"]
    if len(place) == 2:  # of the whole act
        return f" {error['ctx']['error']}"
    name = str(place[2])
    if name == "act":
        return f": there is no act {seen}. Acts: {', '.join(ACTS)}."
    if name in ("decided_at", "undone_at"):
        return f": {name} is no time: {seen}. Times are in ISO 8601, from {_EARLIEST:%Y} to before {_LATEST:%Y}."
    if name == "labels":
        return f": labels must be a list of class names, {MOST_LABELS:,} at most."
    if name == "label":
        return f" relabels to {seen}; a class is given by its name."
    if name == "evidence":
        return f": evidence must be a JSON object of at most {_LONGEST[name]:,} characters, not {seen}."
    return f": {name} must be a text of 1 to {_LONGEST[name]} characters, not {seen}."


def _seen(value: object) -> str:
    """A value as a sentence quotes it; of a long one its beginning, of a nested one its kind."""
    if isinstance(value, dict | list):
        return "an object" if isinstance(value, dict) else "a list"
    text = repr(value if not isinstance(value, str | bytes) else value[:80])
    return text if len(text) <= 100 else f"{text[:100]}…"
