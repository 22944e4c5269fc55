"""Names of classes that differ in nothing but how they are written."""

import re
import unicodedata
from collections.abc import Sequence

_BETWEEN = re.compile(r"[\s_\-]+")


def alike_names(names: Sequence[str]) -> list[tuple[int, ...]]:
    """Places of names that are one but for capitals, blanks, _ and -, and composed letters; by the first of each.

    "Cat", "cat " and "ＣＡＴ" are alike, "cat" and "cats" are not.
    """
    by_key: dict[str, list[int]] = {}
    for place, name in enumerate(names):
        by_key.setdefault(_key(name), []).append(place)
    return [tuple(places) for key, places in by_key.items() if key and len(places) > 1]


def _key(name: str) -> str:
    plain = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())
    return _BETWEEN.sub(" ", plain).strip()
