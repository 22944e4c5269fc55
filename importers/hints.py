"""How a label file is to be read where it is said by hand: part of a reading's key, as in labels:FILE?label=breed."""

from dataclasses import dataclass, fields, replace
from urllib.parse import parse_qsl, urlencode

from importers.types import LayoutError

SEVERAL = {"no": "", "comma": ",", "semicolon": ";", "pipe": "|", "space": " "}
_SEPARATORS = {"comma": ",", "semicolon": ";", "tab": "\t", "pipe": "|", "space": " "}
_YES_NO = ("", "yes", "no")


@dataclass(frozen=True)
class Hints:
    """What was said of a label file by hand; an empty text leaves it to be told from the file.

    path, label, split: a column's heading, or its number from 1. separator: between cells, as itself or by name.
    header: whether the first row names the columns. several: what stands between several labels of one picture, a name
    of SEVERAL. rows: 'together' where a picture has a row for each of its labels. first: the number of the first class,
    0 or 1. missing: texts that mean no label, with | between them. encoding: as Python names it.
    """

    path: str = ""
    label: str = ""
    split: str = ""
    separator: str = ""
    header: str = ""
    several: str = ""
    rows: str = ""
    first: str = ""
    missing: str = ""
    encoding: str = ""

    def as_query(self) -> str:
        """What of this is not empty, as the end of a reading's key: "?label=breed", or ""."""
        given = {each.name: getattr(self, each.name) for each in fields(self) if getattr(self, each.name)}
        return f"?{urlencode(given)}" if given else ""

    def but(self, **given: str) -> "Hints":
        """The same with some of it said."""
        return replace(self, **given)

    @property
    def delimiter(self) -> str:
        """What stands between cells, "" where it is not said."""
        return _SEPARATORS.get(self.separator, self.separator)

    @property
    def missing_texts(self) -> frozenset[str]:
        """Texts that mean that there is no label."""
        return frozenset(text.strip() for text in self.missing.split("|")) if self.missing else frozenset()


NO_HINTS = Hints()
_NAMES = tuple(each.name for each in fields(Hints))


def split_key(text: str) -> tuple[str, Hints]:
    """A reading's file and what is said of it; a "?" in a file's own name is left alone.

    Raises LayoutError for a value that means nothing.
    """
    for at in (at for at, letter in enumerate(text) if letter == "?"):
        pairs = parse_qsl(text[at + 1 :], keep_blank_values=True)
        if pairs and all(key in _NAMES for key, _ in pairs):
            return text[:at], _checked(Hints(**dict(pairs)))
    return text, NO_HINTS


def _checked(hints: Hints) -> Hints:
    _check("header", hints.header, _YES_NO)
    _check("several", hints.several, ("", *SEVERAL))
    _check("rows", hints.rows, ("", "together", "apart"))
    _check("first", hints.first, ("", "0", "1"))
    if hints.separator and len(hints.delimiter) != 1:
        raise LayoutError(
            f"The separator is one character or one of {', '.join(_SEPARATORS)}, not {hints.separator!r}."
        )
    return hints


def _check(name: str, value: str, allowed: tuple[str, ...]) -> None:
    if value not in allowed:
        raise LayoutError(f"{name} is one of {', '.join(filter(None, allowed))}, not {value!r:.100}.")
