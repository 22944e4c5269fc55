"""Quality gates: what is asked of a dataset before it is used further, and within which limits it passes."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

AT_MOST, AT_LEAST = "at most", "at least"
IMPORT, VECTORS, LABELS, FRESHNESS, PARTS = SUBJECTS = ("import", "vectors", "labels", "freshness", "parts")
OFF = "off"


@dataclass(frozen=True)
class Gate:
    """A question with a number for an answer. unit: of the number and of `limit`; limit None: not asked by itself.

    wrong: what is wrong with the rows that it names, in a few words; "" where it names none.
    """

    name: str
    title: str
    unit: str
    limit_kind: str
    limit: float | None
    wrong: str = ""

    @property
    def subject(self) -> str:
        """What it looks at, of SUBJECTS."""
        return self.name.partition(".")[0]

    def passes(self, measured: float | None, limit: float) -> bool:
        """Whether a number keeps a limit; one that could not be measured does not."""
        if measured is None or math.isnan(measured):
            return False
        return measured <= limit if self.limit_kind == AT_MOST else measured >= limit

    def sentence(self, measured: float | None, limit: float, *, n_wrong: int) -> str:
        """'Files not taken in: 3 % (30), at most 1 %.'"""
        found = "could not be measured" if measured is None else in_unit(measured, self.unit)
        rows = f" ({n_wrong:,})" if self.unit == "share" and n_wrong else ""
        return f"{self.title}: {found}{rows}, {self.limit_kind} {in_unit(limit, self.unit)}."


GATES = tuple(
    Gate(*row)
    for row in (
        ("import.pictures", "Pictures", "pictures", AT_LEAST, 1.0),
        ("import.failures", "Files not taken in", "share", AT_MOST, 0.01, "not taken in"),
        ("import.pending", "Files found and not read yet", "files", AT_MOST, 0.0),
        ("import.labels", "Pictures without a known label", "share", AT_MOST, 0.0, "no known label"),
        ("import.entries", "Label entries without a picture or class", "entries", AT_MOST, 0.0, "means nothing here"),
        ("import.files", "Pictures whose file is gone or of another size", "pictures", AT_MOST, 0.0, "not as imported"),
        ("vectors.missing", "Pictures without a vector", "share", AT_MOST, 0.0, "no vector"),
        ("vectors.repeated", "Pictures with several vectors", "pictures", AT_MOST, 0.0, "several vectors"),
        ("vectors.strangers", "Vectors of no picture", "vectors", AT_MOST, 0.0, "no such picture"),
        ("vectors.width", "Vectors of another width", "vectors", AT_MOST, 0.0, "another width"),
        ("vectors.finite", "Vectors with NaN or infinity", "vectors", AT_MOST, 0.0, "NaN or infinity"),
        ("vectors.lengths", "Vectors that are zero or of an odd length", "share", AT_MOST, 0.001, "odd length"),
        ("vectors.same", "Vectors like that of another picture", "share", AT_MOST, 0.01, "vector of another picture"),
        ("labels.largest", "Share of the largest class", "share", AT_MOST, 0.9, "has most pictures"),
        ("labels.smallest", "Pictures of the smallest class", "pictures", AT_LEAST, 1.0, "has too few pictures"),
        ("labels.doubted", "Labels that the newest check doubts", "share", AT_MOST, 0.25, "doubted"),
        ("freshness.import", "Hours since the last import", "hours", AT_MOST, 7 * 24.0),
        ("freshness.newest", "Hours since a picture was taken in", "hours", AT_MOST, None),
        ("parts.files", "Files that are missing or not in the manifest", "files", AT_MOST, 0.0, "not as listed"),
        ("parts.rows", "Files with another number of rows", "files", AT_MOST, 0.0, "another number of rows"),
        ("parts.columns", "Files with other columns", "files", AT_MOST, 0.0, "other columns"),
        ("parts.checksums", "Files with another checksum", "files", AT_MOST, 0.0, "another checksum"),
        ("parts.complete", "Rows more or fewer than pictures with a vector", "rows", AT_MOST, 0.0),
    )
)  # fmt: skip
BY_NAME = {gate.name: gate for gate in GATES}


def limits_from(text: str) -> dict[str, float | None]:
    """'import.failures=0.05, freshness.import=off' by gate; None: not asked. Raises ValueError in a sentence."""
    limits: dict[str, float | None] = {}
    for pair in filter(None, (part.strip() for part in text.split(","))):
        name, _, value = (part.strip() for part in pair.partition("="))
        limits[name] = limit_of(name, None if value == OFF else value)
    return limits


def limit_of(name: str, value: str | float | None) -> float | None:
    """A gate's limit as a number, None where it is not asked. Raises ValueError for no such gate, or no number."""
    if name not in BY_NAME:
        raise ValueError(f"names no gate {name!r}. Gates: {', '.join(BY_NAME)}.")
    if value is None:
        return None
    try:
        number = float(value)
    except ValueError:
        number = math.nan
    if not math.isfinite(number) or number < 0 or (BY_NAME[name].unit == "share" and number > 1):
        span = "a number between 0 and 1" if BY_NAME[name].unit == "share" else "a number from 0 on"
        raise ValueError(f"says {name}={value}; a limit is {span}, or `{OFF}`.")
    return number


def chosen_limits(*sources: Mapping[str, float | None]) -> dict[str, float]:
    """The limits that count: the declared ones, each source over those before it; gates that are off are left out."""
    limits = {gate.name: gate.limit for gate in GATES}
    for source in sources:
        limits |= {name: value for name, value in source.items() if name in limits}
    return {name: value for name, value in limits.items() if value is not None}


def in_unit(value: float, unit: str) -> str:
    """'1.2 %', '26 hours', '1 picture'."""
    if unit == "share":
        return f"{100 * value:.3g} %"
    number = f"{value:,.0f}" if value == round(value) else f"{value:,.1f}"
    singular = {"entries": "entry"}.get(unit, unit.removesuffix("s"))
    return f"{number} {singular if value == 1 else unit}"
