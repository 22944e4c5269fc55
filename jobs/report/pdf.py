"""A report as a PDF for paper and archives: PDF/A, tagged, set by typst; no browser is needed."""

import datetime
import json
import logging
import re
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import typst

from evidence.report.parts import Document
from jobs.report.figure_images import one_browser
from jobs.report.letters import seen
from jobs.report.pdf_data import Entries, Json
from jobs.report.pictures import Pictures
from jobs.report.typeset import set_by

_STANDARD = (
    "a-2a"  # every letter's meaning and every figure's words are in the file; a letter without a font is an error
)
# how typst says that a letter has no font, or no meaning that all readers share
_UNSET = re.compile(r"(?:the text|contains the (?:disallowed )?codepoint) `\"((?:[^\"\\]|\\.)*)\"`")
_ESCAPE = re.compile(r"\\u\{([0-9a-fA-F]+)\}")
_TRIES = 20
_INSTEAD = "?"
_log = logging.getLogger(__name__)


def write(
    document: Document, *, pictures: Pictures, target: Path, side: int, report: Callable[[int, int], None]
) -> None:
    """Write the document as the file `target`; the same document and pictures give the same bytes.

    Letters that no font of ours has are written as ?, and the title page says which.
    """
    with tempfile.TemporaryDirectory(prefix="vitrine-pdf-") as name, one_browser():
        entries = Entries(Path(name), pictures, side)
        said = entries.head(document)
        said["blocks"] = []
        for done, block in enumerate(document.blocks, 1):
            said["blocks"].append(entries.block(block))
            report(done, len(document.blocks))
        target.write_bytes(_set(said, Path(name), timestamp=_moment(document.written_at)))


def _set(said: Json, folder: Path, *, timestamp: int) -> bytes:
    """The file; each time that typst names letters without a font, they are replaced, and it is set again."""
    unset: set[str] = set()
    said = _changed(said, seen)
    for _ in range(_TRIES):
        entry = {**_without(said, unset), "unset": _sentence(unset)}
        (folder / "report.json").write_text(json.dumps(entry, ensure_ascii=False), encoding="utf-8")
        try:
            return set_by("report.typ", folder, format="pdf", pdf_standards=[_STANDARD], timestamp=timestamp)
        except typst.TypstError as error:
            found = {letter for text in _UNSET.findall(str(error)) for letter in _letters(text)} - unset
            if not found:
                raise
            _log.info("No font has %s", sorted(found))
            unset |= found
    raise RuntimeError(f"After {_TRIES} times there were still letters without a font: {sorted(unset)[:20]}")


def _letters(text: str) -> str:
    """A text as typst's errors write it, without its escapes."""
    return _ESCAPE.sub(lambda code: chr(int(code[1], 16)), text).replace("\\", "")


def _without(said: Json, unset: set[str]) -> Json:
    """The same with ? for each of these letters."""
    table = {ord(letter): _INSTEAD for letter in unset}
    done: Json = _changed(said, lambda text: text.translate(table))
    return done


def _changed(said: Any, change: Callable[[str], str]) -> Any:
    """The same with every text changed; names of files are ours and have nothing to change."""
    if isinstance(said, str):
        return change(said)
    if isinstance(said, dict):
        return {name: _changed(value, change) for name, value in said.items()}
    return [_changed(each, change) for each in said] if isinstance(said, list) else said


def _sentence(unset: set[str]) -> str:
    """Which letters were replaced, by their codes: they cannot be written here either."""
    if not unset:
        return ""
    codes = [f"U+{ord(letter):04X}" for letter in sorted(unset)]
    more = f" and {len(codes) - 12:,} more" if len(codes) > 12 else ""
    return f"No font at hand has these characters, and {_INSTEAD} stands for them: {', '.join(codes[:12])}{more}."


def _moment(written_at: str) -> int:
    """When the document was written, in seconds since 1970; 0 where it does not say."""
    try:
        moment = datetime.datetime.fromisoformat(written_at.removesuffix(" UTC"))
    except ValueError:
        return 0
    return int(moment.replace(tzinfo=moment.tzinfo or datetime.UTC).timestamp())
