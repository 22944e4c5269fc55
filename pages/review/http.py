"""What a key press in the review gallery does: one POST, saved before it is answered, without a run of the page."""

import functools
from collections.abc import Sequence
from typing import Annotated, Literal

import pydantic
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from pages.review import batches
from pages.review.batches import Batch
from pages.review.marks import mark_after, marks_of
from pages.ui import owner
from pages.ui.bodies import read_body
from pages.ui.ruled import ruled
from pages.ui.text import count
from store import decisions, review
from store.acting import CURATOR
from store.connection import Workspace
from store.decisions import Act
from store.errors import StoreError
from store.neighbours import ImageRow, image_rows

URL = "/vitrine/review/"
_MOST_BYTES, _MOST_ACTS = 100_000, 1_000
_ANY_JSON: pydantic.TypeAdapter[object] = pydantic.TypeAdapter(object)
_DONE = {"keep": "kept", "relabel": "relabelled", "remove": "removed"}


class _WantedAct(pydantic.BaseModel):
    model_config = pydantic.ConfigDict(strict=True)

    id: int
    act: Literal["keep", "relabel", "remove"]  # _DONE
    label: Annotated[int, pydantic.Field(ge=0)] | None = None


class _Refused(Exception):
    """A request that cannot be done; its text is for the person."""


async def _answer(request: Request) -> Response:
    body = await read_body(request, most_bytes=_MOST_BYTES)
    if isinstance(body, Response):
        return body
    what = request.path_params["what"]
    if what not in ("act", "undo", "redo"):
        return JSONResponse({"error": "There is no such act."}, status_code=404)
    return await run_in_threadpool(respond, what, body)


def respond(what: str, body: bytes) -> Response:
    """Do `what` (act, undo or redo) with a JSON body {token, acts}; what came of it, with the batch's marks."""
    try:
        asked = _ANY_JSON.validate_json(body)  # nested without end, it is no JSON either
        batch = batches.find(asked.get("token")) if isinstance(asked, dict) else None
    except ValueError:
        return JSONResponse({"error": "The request is not JSON."}, status_code=400)
    if batch is None or not isinstance(asked, dict):
        words = "the app has been started again since this page was drawn, or the page is very old. Reload it."
        return JSONResponse({"error": words}, status_code=410)
    try:
        workspace = owner.get().workspace
        told = {"act": _act, "undo": _undo, "redo": _redo}[what](workspace, batch, asked)
    except _Refused as error:
        return JSONResponse({"error": str(error)}, status_code=409)
    except StoreError as error:
        return JSONResponse({"error": owner.for_visitors(error)}, status_code=409)
    return JSONResponse(told)


def _act(workspace: Workspace, batch: Batch, asked: dict[str, object]) -> dict[str, object]:
    wanted = _wanted(asked.get("acts"), batch)
    now = _labels_now(workspace, batch, wanted)
    acts = [_one(batch, image_id, act, label, now=now.get(image_id)) for image_id, (act, label) in wanted.items()]
    saved = decisions.decide(workspace, batch.dataset_id, acts, who=batch.who)
    batches.acted(str(workspace.root), batch)
    done = " and ".join(sorted({_DONE[act.act] for act in acts}))
    marks = {act.image_id: mark_after(act, names=batch.names) for act in acts}
    said = f"Saved: {count(saved.n, 'picture')} {done}"
    return {"said": said, "marks": marks, "changed": list(marks), "elsewhere": None}


def _labels_now(workspace: Workspace, batch: Batch, wanted: dict[int, tuple[str, int | None]]) -> dict[int, ImageRow]:
    """What the pictures to relabel are labelled now, which may not be what the page showed."""
    ids = [image_id for image_id, (act, _) in wanted.items() if act == "relabel"]
    return {row.image_id: row for row in image_rows(workspace, batch.dataset_id, ids)} if ids else {}


def _wanted(acts: object, batch: Batch) -> dict[int, tuple[str, int | None]]:
    """What is asked for each image; refuses what was not on the page."""
    if not isinstance(acts, list) or not 0 < len(acts) <= _MOST_ACTS:
        raise _Refused("Nothing was chosen.")
    wanted: dict[int, tuple[str, int | None]] = {}
    for content in acts:
        try:
            one = _WantedAct.model_validate(content)
        except pydantic.ValidationError as error:
            about_class = error.errors()[0]["loc"][:1] == ("label",)
            raise _Refused("There is no such class." if about_class else "That picture was not on this page.") from None
        if one.id not in batch.evidence:
            raise _Refused("That picture was not on this page.")
        if one.act == "relabel" and (one.label is None or one.label >= len(batch.names)):
            raise _Refused("There is no such class.")
        wanted[one.id] = (one.act, one.label if one.act == "relabel" else None)
    return wanted


def _one(batch: Batch, image_id: int, act: str, label: int | None, *, now: ImageRow | None) -> Act:
    """The act; a relabelling to the class it has is a keep, and with several labels a class goes in or out."""
    act_of = functools.partial(Act, image_id, reason=batch.reason or "review", evidence=batch.evidence[image_id])
    if act != "relabel" or label is None:
        return act_of(act)
    if now is None:
        raise _Refused("that picture is no longer in the dataset.")
    if batch.is_multi:
        return act_of("relabel", labels=sorted(set(now.labels or ()) ^ {label}))
    return act_of("keep") if now.label == label else act_of("relabel", label=label)


def _undo(workspace: Workspace, batch: Batch, asked: dict[str, object]) -> dict[str, object]:
    name = decisions.latest_batch(workspace, batch.dataset_id, who=batch.who)
    if name is None:
        raise _Refused("there is nothing to take back.")
    changed = decisions.batch_images(workspace, batch.dataset_id, batch=name)
    undone = decisions.undo(workspace, batch.dataset_id, who=batch.who, batch=name)
    batches.undone(str(workspace.root), batch, name)
    return _told(workspace, batch, changed, f"Taken back: {count(undone.n, 'decision')}")


def _redo(workspace: Workspace, batch: Batch, asked: dict[str, object]) -> dict[str, object]:
    name = batches.to_redo(str(workspace.root), batch)
    if name is None:
        raise _Refused("nothing was taken back just now. The history can do any decision again.")
    changed = decisions.batch_images(workspace, batch.dataset_id, batch=name)
    again = decisions.redo(workspace, batch.dataset_id, batch=name, who=batch.who)
    return _told(workspace, batch, changed, f"Done again: {count(again.n, 'decision')}")


def _told(workspace: Workspace, batch: Batch, changed: Sequence[int], said: str) -> dict[str, object]:
    """What the page is told: the marks of those changed that are on it, and one that is not."""
    here = [image_id for image_id in changed if image_id in batch.evidence]
    elsewhere = next((image_id for image_id in changed if image_id not in batch.evidence), None)
    rows = review.items(workspace, batch.dataset_id, image_ids=here, run_id=batch.run_id)
    marks = marks_of(rows, names=batch.names, is_open=_open_ids(workspace, batch, here))
    if elsewhere is not None and not here:
        said += ", on other pages"
    return {"said": said, "marks": marks, "changed": here, "elsewhere": elsewhere}


def _open_ids(workspace: Workspace, batch: Batch, image_ids: list[int]) -> set[int]:
    """Those of a blind batch that were not judged blind, whatever was decided elsewhere."""
    if batch.blind_run is None:
        return set()
    decided = review.decided_ids(workspace, batch.dataset_id, blind_run=batch.blind_run)
    return set(image_ids) - set(decided.tolist())


ROUTES = [ruled("/vitrine/review/{what:str}", _answer, least=CURATOR, methods=["POST"])]
