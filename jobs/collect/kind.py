"""The kind `collect`: queries to sources become pictures in a folder, with their origin and licence."""

from typing import Literal, Self

import pydantic
from pydantic import Field

from analytics.wording import count
from jobs.collect.query_rows import Query, read_rows
from jobs.engine.kinds import NETWORK, JobKind, Order
from jobs.engine.parameters import Parameters, ServerPath
from jobs.engine.spec import JobView

SEARCHED = ("openverse", "commons", "flickr", "inaturalist", "google-images", "bing-images")
GIVEN = ("list", "saved-page", "sidecars")  # what is named by a file or folder
WITHOUT_LICENCE = ("google-images", "bing-images", "saved-page")
LICENCE_WORDS = ("free", "any", "unknown", "commercial", "derivatives")
_CODES = ("CC0", "PDM", "PD", "CC-BY", "CC-BY-SA", "CC-BY-ND", "CC-BY-NC", "CC-BY-NC-SA", "CC-BY-NC-ND", "ARR")


class CollectParameters(Parameters):
    """What may be collected, from whom, under which licences, and how much of it."""

    queries: str | list[Query] = Field(
        "",
        description="what is searched for: rows of query, class and n, as a JSON list, CSV with that heading, or a "
        "query a line",
    )
    sources: str | list[str] = Field(
        "openverse,commons",
        description=f"who is asked, with commas between: {', '.join(SEARCHED)}; or what `file` is: {', '.join(GIVEN)}",
    )
    licences: str | list[str] = Field(
        "free",
        description="which licences are taken, with commas between: codes (cc-by, cc0, …), `free` (any open one that "
        "is known), `commercial` (those of them that allow commercial use), `derivatives` (that allow changes), "
        "`unknown`, or `any`",
    )
    n: int = Field(
        100,
        ge=1,
        le=1_000_000,
        description="pictures to keep of a query, where its row does not say; a file is read whole",
    )
    each: bool = Field(False, description="`yes` counts that number for each source; else its sources take turns")
    pilot: int = Field(
        0,
        ge=0,
        le=10_000,
        description="stops at so many pictures a class, to look at before the large run; 0: no pilot",
    )
    new_only: bool = Field(
        False, description="`yes` asks what is new since the last time: a source is left after pages with nothing new"
    )
    file: ServerPath = Field("", description="the list of addresses, the saved page, or the folder with side-car files")
    folder: ServerPath = Field(
        "", description="where the pictures go; without it `collected/NAME` in the workspace, or where they went before"
    )
    size: Literal["", "small", "medium", "large"] = Field("", description="of the pictures, where a source can tell")
    kind: Literal["", "photo", "illustration", "drawing"] = Field("", description="of the pictures, likewise")
    colour: Literal[
        "", "red", "orange", "yellow", "green", "turquoise", "blue", "purple", "pink", "brown", "black", "grey", "white"
    ] = Field("", description="that prevails in the pictures, likewise")
    language: str = Field("", max_length=10, description="of the query, as a code (`de`), where a source can tell")
    safe: bool = Field(True, description="`no` also asks for what sources hold to be for adults only")
    exclude_sites: str | list[str] = Field("", description="hosts that nothing is taken from, with commas between")
    min_side: int = Field(64, ge=1, le=100_000, description="pixels that the shorter side must have")
    max_mb: float = Field(40.0, gt=0, le=2_000, description="megabytes that one picture may have")
    max_requests: int = Field(0, ge=0, description="requests after which the run stops, of all sorts; 0: no limit")
    max_gb: float = Field(0.0, ge=0, description="gigabytes after which the run stops; 0: no limit")
    at_once: int = Field(16, ge=1, le=256, description="pictures that are on their way at a time, of all hosts")
    honour_noai: bool = Field(
        True, description="`no` also takes what its host says is not for training (`noai`, `noimageai`)"
    )
    contact: str = Field(
        "", max_length=200, description="an address that hosts can write to; it stands in every request's User-Agent"
    )

    @pydantic.field_validator("queries", mode="before")
    @classmethod
    def _read_queries(cls, given: object) -> object:
        return read_rows(given) if given else ""

    @pydantic.field_validator("contact", "language")
    @classmethod
    def _fits_a_header(cls, given: str) -> str:
        if not (given.isascii() and given.isprintable()):
            raise ValueError("is made of plain letters, digits and marks.")
        return given

    @pydantic.model_validator(mode="after")
    def _can_be_asked(self) -> Self:
        _require_known(self.source_names, (*SEARCHED, *GIVEN), what="source")
        _require_known(self.licence_words, (*LICENCE_WORDS, *map(str.lower, _CODES)), what="licence")
        given = [name for name in self.source_names if name in GIVEN]
        if not self.source_names:
            raise ValueError("collect: name at least one source.")
        if given and self.source_names != tuple(given[:1]):
            raise ValueError(f"collect: {given[0]} is read alone; collect from other sources in another run.")
        if given and not self.file:
            raise ValueError(f"collect: {given[0]} needs `file`, the file or folder that is meant.")
        if not given and not self.rows:
            raise ValueError("collect: say what is searched for, with `queries`.")
        asked = [(row.query, row.class_name) for row in self.rows]
        if again := next((query for place, query in enumerate(asked) if query in asked[:place]), None):
            raise ValueError(f"collect: {again[0]!r} stands there twice.")
        silent = [name for name in self.source_names if name in WITHOUT_LICENCE]
        if silent and not {"any", "unknown"} & set(self.licence_words):
            raise ValueError(
                f"collect: {silent[0]} does not say under which licence a picture is, so nothing of it would be taken. "
                "If you may use pictures of unknown licence, say so: licences unknown, or any."
            )
        return self

    @property
    def rows(self) -> tuple[Query, ...]:
        """The queries."""
        return tuple(self.queries) if isinstance(self.queries, list) else ()

    @property
    def source_names(self) -> tuple[str, ...]:
        """The sources, each once."""
        return _words(self.sources)

    @property
    def licence_words(self) -> tuple[str, ...]:
        """What was said of licences: words of LICENCE_WORDS, and codes in small letters."""
        return _words(self.licences)

    @property
    def excluded_sites(self) -> tuple[str, ...]:
        """Hosts that nothing is taken from."""
        return _words(self.exclude_sites)


def is_same_collection(asked: Order, active: Order) -> bool:
    """Whether a collection is at work on the dataset: two would fill one folder."""
    return asked.dataset == active.dataset


def collect_outcome(job: JobView) -> str:
    """'212 kept of 640 found: 301 duplicates (40 had already), 88 refused, 12 failed, 27 left.'"""
    figures = job.figures
    if "n_found" not in figures:
        return ""
    n = {name: int(figures.get(f"n_{name}", 0)) for name in ("found", "kept", "duplicate", "had", "refused", "failed")}
    had = f" ({n['had']:,} had already)" if n["had"] else ""
    return (
        f"{n['kept']:,} kept of {n['found']:,} found: {count(n['duplicate'], 'duplicate')}{had}, {n['refused']:,} "
        f"refused, {n['failed']:,} failed, {int(figures.get('n_left', 0)):,} left."
    )


def _words(given: str | list[str]) -> tuple[str, ...]:
    words = given.split(",") if isinstance(given, str) else given
    return tuple(dict.fromkeys(word.strip().lower() for word in words if word.strip()))


def _require_known(words: tuple[str, ...], known: tuple[str, ...], *, what: str) -> None:
    for word in words:
        if word not in known:
            raise ValueError(f"collect: there is no {what} {word!r}; known are {', '.join(known)}.")


_NOTES = """\
`vitrine collect --query "street art berlin" --source openverse --n 500 --licence cc-by,cc0` is the short form, and
`--queries FILE.csv` takes a table of query, class and n. Pictures go to `collected/NAME` in the workspace, a folder a
class, and are imported in the ordinary way when the run ends; `--dataset NAME` adds to what was collected under that
name before.

Every picture that a source named is counted once: found = kept + duplicate + refused + failed + left. A run that was
killed is gone on with by `vitrine resume ID`; no page of results and no picture that it has is asked for again. What an
earlier run of the dataset has fetched is known by its address, and is not asked for again either.

A source's key comes from the environment (`VITRINE_FLICKR_KEY`, `VITRINE_SERPAPI_KEY`) or from
`~/.config/vitrine/keys.toml`, and is written nowhere.
"""

KIND = JobKind(
    name="collect",
    title="Collection",
    icon="travel_explore",
    summary=(
        "Asks sources for pictures, fetches what their licences allow, and keeps with each where it comes from. What "
        "it fetched is imported when it ends."
    ),
    notes=_NOTES,
    lane=NETWORK,
    parameters=CollectParameters,
    reads=(),
    here_only=True,
    same_order=is_same_collection,
    outcome=collect_outcome,
    ends_with_follower=True,
)
