"""Tables in text files: which letters, which separator, which rows, before anybody asks what they mean."""

import codecs
import csv
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from importers.hints import Hints
from importers.label_limits import MAX_LINE_BYTES, check_bytes, check_text
from importers.types import LayoutError

_MARKS = ",;\t|"
_LINES_SEEN = 20
_BLOCK = 1 << 20
_CONTROLS = re.compile(rb"[\x00-\x08\x0e-\x1f\x7f]")
_NO_LETTER = re.compile(rb"[\x81\x8d\x8f\x90\x9d]")  # bytes that Windows-1252 does not use
_SEP_LINE = re.compile(r'^"?sep=(.)"?\s*$', re.IGNORECASE)


@dataclass(frozen=True)
class Encoding:
    """How a text's letters are stored. said: the sentence where that was guessed."""

    name: str
    said: str = ""


@dataclass(frozen=True)
class TextTable:
    """A text file as rows of cells. n_skipped: lines before the first row, as Excel's "sep=;". said: what was told."""

    path: Path
    encoding: str
    delimiter: str
    n_skipped: int
    said: tuple[str, ...]

    def rows(self) -> Iterator[list[str]]:
        """Every row that is not empty, split into cells. Raises LayoutError, csv.Error."""
        if self.delimiter == " ":
            yield from (line.rsplit(None, 1) for line in lines_of(self.path, self.encoding))
            return
        with self.path.open(encoding=self.encoding, newline="") as file:
            for _ in range(self.n_skipped):
                file.readline()
            reader = csv.reader(_text_only(file, self.path.name), delimiter=self.delimiter)
            yield from (row for row in reader if any(row))


def encoding_of(path: Path, *, hinted: str = "") -> Encoding:
    """How the letters of a text file are stored: UTF-8 where it can be, else as its first bytes say, else Windows-1252.

    hinted: an encoding that was named by hand. Raises LayoutError where it is none of these, OSError.
    """
    if hinted:
        try:
            return Encoding(codecs.lookup(hinted).name)
        except LookupError as error:
            raise LayoutError(f"{hinted!r:.100} is no encoding that Python knows (cp1252, latin-1, utf-16).") from error
    check_bytes(path)
    with path.open("rb") as file:
        start = file.read(_BLOCK)
        wide = _wide_letters(start[:4096])
        if wide:
            return Encoding(wide, f"{path.name} is read as UTF-16.")
        return _of_bytes(path.name, start, file)


def open_text(path: Path, hints: Hints, *, surely: Callable[[str, str], bool]) -> TextTable:
    """A text file as a table, once it is known to be none of too much.

    surely: of a first line and a separator, whether what follows are labels for certain. Raises LayoutError, OSError.
    """
    encoding = encoding_of(path, hinted=hints.encoding)
    lines = _first_lines(path, encoding.name)
    if not lines:
        raise LayoutError(f"{path.name} is empty.")
    said = [encoding.said] if encoding.said else []
    found = _SEP_LINE.match(lines[0])
    delimiter = hints.delimiter or (found.group(1) if found else delimiter_of(lines, path.suffix.lower()))
    n_skipped = 1 if found else 0
    if found:
        said.append(f"The first line of {path.name} only names the separator.")
        lines = lines[1:] or [""]
    check_text(path, lines=True, surely=surely(lines[0], delimiter), encoding=encoding.name)
    return TextTable(path, encoding.name, delimiter, n_skipped, tuple(said))


def lines_of(path: Path, encoding: str) -> Iterator[str]:
    """Every line with something in it. Raises LayoutError where it is no text."""
    with path.open(encoding=encoding) as file:
        yield from (line for line in _text_only(file, path.name) if line.strip())


def delimiter_of(lines: Sequence[str], ending: str) -> str:
    """What stands between the cells of a table's first lines: what makes the same number of cells in most of them."""
    if ending == ".tsv":
        return "\t"
    best, most = ",", (0.0, 0)
    for mark in _MARKS:
        widths = Counter(len(row) for row in csv.reader(lines, delimiter=mark))
        width, n_lines = widths.most_common(1)[0] if widths else (1, 0)
        rank = (n_lines / max(1, sum(widths.values())), width)
        if width > 1 and rank > most:
            best, most = mark, rank
    if most == (0.0, 0):
        marks = {mark: lines[0].count(mark) for mark in _MARKS}
        if ending == ".txt" and not any(marks.values()):
            return " "
        return max(marks, key=marks.__getitem__)
    return best


def _first_lines(path: Path, encoding: str) -> list[str]:
    """The first few lines with something in them, or as much as lines may have."""
    with path.open(encoding=encoding, errors="replace", newline="") as file:
        text = file.read(MAX_LINE_BYTES).replace("\0", " ")
    lines = [line for line in text.splitlines() if line.strip()][: _LINES_SEEN + 1]
    return lines[:-1] if len(text) == MAX_LINE_BYTES and len(lines) > 1 else lines[:_LINES_SEEN]


def _wide_letters(start: bytes) -> str:
    """The name of the encoding with two bytes a letter that a file's first bytes show, or ""."""
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    for name, high, low in (("utf-16-le", 1, 0), ("utf-16-be", 0, 1)):
        zeros = start[high::2].count(0)
        if len(start) >= 8 and zeros > 0.8 * len(start[high::2]) and not start[low::2].count(0):
            return name
    return ""


def _of_bytes(name: str, start: bytes, file: BinaryIO) -> Encoding:
    decoder = codecs.getincrementaldecoder("utf-8")()
    n_bytes, odd_at, is_windows, block = 0, None, True, start
    while True:
        n_waiting = len(decoder.getstate()[0])
        if odd_at is None:
            try:
                decoder.decode(block, not block)
            except UnicodeDecodeError as error:
                odd_at = n_bytes - n_waiting + error.start
        is_windows = is_windows and not (_CONTROLS.search(block) or _NO_LETTER.search(block))
        n_bytes += len(block)
        if not block or (odd_at is not None and not is_windows):
            break
        block = file.read(_BLOCK)
    if odd_at is None:
        return Encoding("utf-8-sig")
    if is_windows:
        return Encoding("cp1252", f"{name} is no UTF-8 text (byte {odd_at}); it is read as Windows-1252.")
    raise LayoutError(f"The label file {name} is not UTF-8 text (byte {odd_at}). Save it as UTF-8.")


def _text_only(lines: Iterable[str], name: str) -> Iterator[str]:
    for line in lines:
        if "\0" in line:
            raise LayoutError(f"{name} is no text: it holds zero bytes.")
        yield line
