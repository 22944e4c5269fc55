"""Who acts, and what they may: every write is a deed of somebody, held against a role before it is done.

A function that writes says by `@does(ACT)` which deed of store.acts it is. `Workspace.writing` writes the deed into the
audit log in the same transaction, and refuses whoever is not the owner where no deed was said.
"""

import contextlib
import functools
import inspect
from collections.abc import Callable, Iterator, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, ParamSpec, TypeVar

from store.acts import ACTS, CURATOR, NOBODY, OWNER, REVIEWER, ROLES, VIEWER, Act
from store.errors import NotAllowed, UnknownDataset

Given = ParamSpec("Given")
Told = TypeVar("Told")

HERE, SIGN_IN, LINK, OPEN, COMMAND, MACHINE = "here", "sign-in", "link", "open to all", "command line", "machine"
_WHO = ("who", "reviewer")  # the arguments that name whoever does it
_UNSAID = {*_WHO, "text", "secret", "key"}
_LONGEST = 80  # characters of an argument that the log keeps
_GRADE = {role: grade for grade, role in enumerate(ROLES)}


@dataclass(frozen=True, kw_only=True)
class Actor:
    """Somebody who looks or acts. name: "" where it is typed at each act, as on one's own machine.

    how: by which way they came in. dataset_ids: those that exist for them (None: all); version_id: the one version that
    does (None: the dataset as it is, and all its versions). sees_people: pictures come without the blurring that
    strangers get. link_id: of the share link they came by. came_from: an address. why: why nobody is let in.
    """

    role: str
    how: str
    name: str = ""
    dataset_ids: frozenset[int] | None = None
    version_id: int | None = None
    sees_people: bool = True
    link_id: int | None = None
    came_from: str = ""
    why: str = ""

    def is_at_least(self, role: str) -> bool:
        """Whether they have a role, or one that holds it."""
        return _GRADE[self.role] >= _GRADE[role]

    def may(self, act: str) -> bool:
        """Whether their role holds a deed of ACTS."""
        return self.is_at_least(ACTS[act].least)

    def may_see(self, dataset_id: int) -> bool:
        """Whether a dataset exists for them."""
        return self.role != NOBODY and (self.dataset_ids is None or dataset_id in self.dataset_ids)


AT_HOME = Actor(role=OWNER, how=HERE)
BY_ITSELF = Actor(role=OWNER, how=MACHINE)
BY_COMMAND = Actor(role=OWNER, how=COMMAND)


@dataclass(eq=False)
class Deed:
    """Something that is being done by somebody. about: what it was called with, as the log keeps it.

    is_noted: whether the log has it; one deed may take several transactions.
    """

    act: Act
    actor: Actor
    who: str
    dataset_id: int = 0
    about: Mapping[str, object] = field(default_factory=dict)
    is_noted: bool = False


_actor: ContextVar[Actor | None] = ContextVar("actor", default=None)
_deed: ContextVar[Deed | None] = ContextVar("deed", default=None)
_resolve: Callable[[], Actor] = lambda: AT_HOME  # noqa: E731  of a process without visitors
WRITERS: dict[str, str] = {}  # the act of each function that says one, by its module and name


def current() -> Actor:
    """Who acts just now, in this thread."""
    return _actor.get() or _resolve()


@contextlib.contextmanager
def acting(actor: Actor) -> Iterator[None]:
    """Within it, what this thread or task does is done by `actor`."""
    token = _actor.set(actor)
    try:
        yield
    finally:
        _actor.reset(token)


def resolve_by(resolve: Callable[[], Actor]) -> Callable[[], Actor]:
    """Ask `resolve` from now on who acts where nothing says so; what was asked before. For a process with visitors."""
    global _resolve
    before, _resolve = _resolve, resolve
    return before


def does(
    name: str, *, dataset_of: Callable[[Mapping[str, Any]], int] | None = None
) -> Callable[[Callable[Given, Told]], Callable[Given, Told]]:
    """Mark a function that writes as the deed `name` of ACTS: raises NotAllowed to who may not, before it begins.

    Where it has a `dataset_id`, that dataset must exist for them (UnknownDataset); where it has none, dataset_of gives
    it by the arguments, and is asked for those for whom not all datasets exist, who else may not call it at all. Where
    it has a `who` or `reviewer`, somebody whose name is known may give no other.
    """
    act = ACTS[name]

    def marked(function: Callable[Given, Told]) -> Callable[Given, Told]:
        signature = inspect.signature(function)
        WRITERS[f"{function.__module__}.{function.__qualname__}"] = name

        @functools.wraps(function)
        def held(*arguments: Given.args, **named: Given.kwargs) -> Told:
            actor = current()
            require(act, actor)
            given = _given(signature, arguments, named)
            deed = Deed(act, actor, _who(actor, given), _dataset(actor, given, dataset_of), _about(given))
            token = _deed.set(_deed.get() or deed)
            try:
                return function(*arguments, **named)
            finally:
                _deed.reset(token)

        return held

    return marked


def require(act: Act, actor: Actor) -> None:
    """Raise NotAllowed where somebody's role does not hold a deed."""
    if not actor.is_at_least(act.least):
        raise NotAllowed(f"This is for a {act.least}; {_who_is(actor)}. Nothing was changed.")


def deeds_now() -> list[Deed]:
    """The deed that this thread is about, which a write is noted under; raises NotAllowed where there is none to note.

    Who may do everything may do what no rule is made for; what the machine does by itself is no deed.
    """
    deed, actor = _deed.get(), current()
    if actor.how == MACHINE:
        return []
    if deed is not None:
        return [deed]
    require(ACTS["change"], actor)
    return [Deed(ACTS["change"], actor, actor.name)]


def _given(signature: inspect.Signature, arguments: tuple[Any, ...], named: dict[str, Any]) -> dict[str, object]:
    return {**dict(zip(signature.parameters, arguments, strict=False)), **named}


def _who(actor: Actor, given: Mapping[str, object]) -> str:
    said = next((str(given[name]) for name in _WHO if given.get(name)), "")
    if actor.name and said and said != actor.name:
        raise NotAllowed(
            f"You are here as {actor.name}, and this was to be done as somebody else. Nothing was changed."
        )
    return actor.name or said


def _dataset(actor: Actor, given: Mapping[str, object], dataset_of: Callable[[Mapping[str, Any]], int] | None) -> int:
    dataset_id = given.get("dataset_id")
    if actor.dataset_ids is None:
        return dataset_id if isinstance(dataset_id, int) else 0
    if dataset_of is not None:
        dataset_id = dataset_of(given)
    if not isinstance(dataset_id, int) or not actor.may_see(dataset_id):
        raise UnknownDataset("There is no such dataset here.")
    return dataset_id


def _about(given: Mapping[str, object]) -> dict[str, object]:
    return {
        name: value
        for name, value in given.items()
        if name not in _UNSAID and isinstance(value, str | int | float | bool) and len(str(value)) <= _LONGEST
    }


def _who_is(actor: Actor) -> str:
    return "you are not signed in" if actor.role == NOBODY else f"you are here as a {actor.role}"


__all__ = [
    "ACTS", "AT_HOME", "BY_COMMAND", "BY_ITSELF", "COMMAND", "CURATOR", "HERE", "LINK", "MACHINE", "NOBODY", "OPEN",
    "OWNER", "REVIEWER", "ROLES", "SIGN_IN", "VIEWER", "WRITERS", "Act", "Actor", "Deed", "acting", "current",
    "deeds_now", "does", "require", "resolve_by",
]  # fmt: skip
