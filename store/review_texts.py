"""A review.json as text: what a reviewer wrote in a bundle, read with bounds; nothing in it is believed unseen."""

import datetime
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from store.errors import BadReviewFile
from store.texts import NAME

FORMAT, VERSION = "vitrine-review", 1
MOST_BYTES = 16 << 20
MOST_ROWS = 20_000  # comments of a file, and words on labels
LONGEST = 5_000  # characters of a comment or note

Name = Annotated[str, StringConstraints(max_length=NAME)]
Words = Annotated[str, StringConstraints(max_length=LONGEST)]
Key = Annotated[str, StringConstraints(min_length=1, max_length=100)]
Whole = Annotated[int, Field(ge=0, lt=2**53)]


class _Read(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")  # a later Vitrine may say more


class WrittenOn(_Read):
    """What a comment is about."""

    kind: Literal["picture", "claim", "block", "general"]
    image_id: Whole = 0
    sha256: Annotated[str, StringConstraints(max_length=64)] = ""
    path: Annotated[str, StringConstraints(max_length=4_096)] = ""
    claim: Annotated[int, Field(ge=0, lt=2**31)] | None = None
    block: Annotated[int, Field(ge=0, lt=2**31)] | None = None
    title: Name = ""


class WrittenComment(_Read):
    """A comment; id tells it from all others, at: when it was written."""

    id: Key
    on: WrittenOn
    text: Annotated[str, StringConstraints(min_length=1, max_length=LONGEST)]
    at: AwareDatetime


class WrittenScore(_Read):
    """A score of a criterion."""

    criterion: Key
    title: Name = ""
    score: Annotated[int, Field(ge=0, le=1_000)]
    of: Annotated[int, Field(ge=1, le=1_000)]
    note: Words = ""


class WrittenOpinion(_Read):
    """A word on a picture's label; label: the class that it should be, by name."""

    image_id: Whole
    sha256: Annotated[str, StringConstraints(max_length=64)]
    path: Annotated[str, StringConstraints(max_length=4_096)] = ""
    verdict: Literal["right", "wrong", "unsure"]
    label: Name | None = None
    at: AwareDatetime


class WrittenBundle(_Read):
    """Of which bundle."""

    run: Annotated[int, Field(ge=0, lt=2**31)] = 0


class WrittenReview(_Read):
    """A whole file."""

    format: Literal["vitrine-review"]
    version: int
    dataset: Name = ""
    bundle: WrittenBundle = WrittenBundle()
    reviewer: Name = ""
    saved_at: AwareDatetime
    comments: Annotated[list[WrittenComment], Field(max_length=MOST_ROWS)] = []
    scores: Annotated[list[WrittenScore], Field(max_length=1_000)] = []
    opinions: Annotated[list[WrittenOpinion], Field(max_length=MOST_ROWS)] = []


def read_review(text: bytes) -> WrittenReview:
    """What a file says; raises BadReviewFile, one sentence."""
    if len(text) > MOST_BYTES:
        raise BadReviewFile(f"A review has {MOST_BYTES >> 20} MB at most; this file has {len(text):,} bytes.")
    try:
        found = WrittenReview.model_validate_json(text)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(map(str, first["loc"])) or "the file"
        raise BadReviewFile(f"This is no review.json of a bundle: {where}: {first['msg']}.") from error
    if found.version > VERSION:
        raise BadReviewFile(f"This review was saved by a newer Vitrine (version {found.version}); update this one.")
    if not found.reviewer.strip():
        raise BadReviewFile("The review says no name. Its writer enters one under “Your review” and saves it again.")
    return found


def as_utc(moment: datetime.datetime) -> datetime.datetime:
    """A time with its zone as the file keeps it: UTC, without one."""
    return moment.astimezone(datetime.UTC).replace(tzinfo=None)
