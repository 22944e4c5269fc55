"""Sentences that count agree in number: what stands behind a number with a thousands separator goes through count."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from analytics.wording import count
from pages.detections.names import unnamed_sentence
from tests.support.places import PROJECT

ROOMS = ("analytics", "cli", "evidence", "figures", "importers", "jobs", "models", "pages", "store", "vitrine")
PLURAL = re.compile(
    r"\** (?:(?!by |of )[a-z-]+ )?(pictures|images|files|classes|labels|rows|vectors|objects|groups|runs|neighbours|"
    r"copies|datasets|versions|jobs|points|candidates|decisions|entries|networks|texts)\b"
)
# What follows a number that is never 1 where it is said: a limit, what is too many for a chart or a page, a mean.
NEVER_ONE = (
    " classes are balanced",
    " classes are drawn.",
    " classes.",
    " datasets.",
    " entries; the limit is",
    " equal classes out of",
    " images are",
    " jobs drawn (",
    " labelled images are",
    " pictures directly",
    " pictures were searched",
    " pictures, the medoids",
    " texts (prompts times",
    " texts.",
    " training pictures; at most",
)


def counted(path: Path) -> Iterator[tuple[int, str]]:
    """Line and following words of each number, written with a separator, behind which a plural stands."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.JoinedStr):
            continue
        for number, behind in zip(node.values, node.values[1:], strict=False):
            if not (isinstance(number, ast.FormattedValue) and isinstance(behind, ast.Constant)):
                continue
            is_constant = isinstance(number.value, ast.Name) and number.value.id.isupper()
            spec = ast.unparse(number.format_spec) if number.format_spec else ""
            if "," in spec and not is_constant and PLURAL.match(str(behind.value)):
                yield node.lineno, str(behind.value)


@pytest.mark.parametrize("room", ROOMS)
@pytest.mark.long
def test_a_number_and_its_noun_agree(room: str) -> None:
    wrong = [
        f"{path.relative_to(PROJECT)} line {line}: a number before {words[:40]!r}"
        for path in sorted((PROJECT / room).rglob("*.py"))
        for line, words in counted(path)
        if not words.startswith(NEVER_ONE)
    ]
    assert not wrong, "say it with count(n, one, many):\n" + "\n".join(wrong)


def test_one_and_many() -> None:
    assert count(1, "file is", "files are") == "1 file is" and count(2, "file is", "files are") == "2 files are"
    assert count(0, "row") == "0 rows" and count(1_000, "class", "classes") == "1,000 classes" and count(3) == "3"


def test_what_is_said_of_classes_without_a_name() -> None:
    assert unnamed_sentence(1) == "The model gave 1 class without a name; it is called by its number."
    assert unnamed_sentence(2) == "The model gave 2 classes without a name; they are called by their numbers."
