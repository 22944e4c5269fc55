"""What comments are pinned to, comments as they are read, and threads of them."""

import datetime
from dataclasses import dataclass, field

from store.rows import JsonObject

KINDS = PICTURE, PAGE, CLAIM, BLOCK, VERSION, GENERAL = "picture", "page", "claim", "block", "version", "general"


@dataclass(frozen=True, kw_only=True)
class Pin:
    """What a comment is about. kind: of KINDS. x, y: a place in the picture, shares of its width and height in [0, 1].

    page: its folder; query: of its address, texts or lists of texts. title: what the thing was called then.
    """

    kind: str
    image_id: int | None = None
    x: float | None = None
    y: float | None = None
    page: str = ""
    query: JsonObject = field(default_factory=dict)
    claim_id: int | None = None
    block_id: int | None = None
    version_id: int | None = None
    title: str = ""

    @property
    def number(self) -> int | None:
        """The number of the picture, claim, block or version; None for a page and for all of it."""
        numbers = {PICTURE: self.image_id, CLAIM: self.claim_id, BLOCK: self.block_id, VERSION: self.version_id}
        return numbers.get(self.kind)

    @property
    def target(self) -> str:
        """What it is about as a short text: "picture-12", "page-map", "general"."""
        if self.kind == GENERAL:
            return GENERAL
        return f"{self.kind}-{self.page if self.kind == PAGE else self.number}"


@dataclass(frozen=True, kw_only=True)
class Comment(Pin):
    """A comment as it is worded now. begun_at: when it was first written, written_at: this wording; came_at: when the
    file learnt of that. bundle_run: of the bundle that it was written in, None: here. sha256, path: of its picture.
    """

    id: str
    edition: int
    thread: str
    sha256: str | None
    path: str | None
    text: str
    forgotten: bool
    bundle_run: int | None
    who: str
    begun_at: datetime.datetime
    written_at: datetime.datetime
    came_at: datetime.datetime


@dataclass(frozen=True)
class ThreadState:
    """edition: 0 where it was never resolved; who, changed_at: who resolved or reopened it last, and when."""

    thread: str
    resolved: bool
    edition: int
    who: str | None
    changed_at: datetime.datetime | None


@dataclass(frozen=True)
class Thread:
    """A comment and the answers to it, the oldest first; deleted answers are left out, a deleted first one is not."""

    first: Comment
    answers: tuple[Comment, ...]
    state: ThreadState

    @property
    def comments(self) -> tuple[Comment, ...]:
        """All that stand in it."""
        return tuple(each for each in (self.first, *self.answers) if not each.forgotten)

    @property
    def changed_at(self) -> datetime.datetime:
        """When something of it was written, taken in, resolved or reopened last."""
        state = [self.state.changed_at] if self.state.changed_at is not None else []
        return max([each.came_at for each in (self.first, *self.answers)] + state)

    def is_new(self, *, to: str, since: datetime.datetime | None) -> bool:
        """Whether somebody else than `to` did something in it since; everything is new to who never looked."""
        acts = [(each.who, each.came_at) for each in (self.first, *self.answers)]
        if self.state.changed_at is not None:
            acts.append((self.state.who or "", self.state.changed_at))
        return any(who != to and (since is None or at > since) for who, at in acts)
