"""An answer of a spot check, or its taking back: one POST, saved before it is answered, without a run of the page.

What comes with it is signed: which check, of whom. A stranger's web page that talks to this server cannot sign.
"""

import base64
import hashlib
import hmac
import json
import secrets
from dataclasses import asdict, dataclass
from typing import Annotated, Literal

import pydantic
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from evidence.spot_check_desk import Desk, desk_of
from pages.ui import media, owner
from pages.ui.bodies import read_body
from pages.ui.ruled import ruled
from store import spot_checks
from store.acting import REVIEWER
from store.connection import Workspace
from store.errors import StoreError
from store.spot_checks import SpotCheck

URL = "/vitrine/spot-check/"
_MOST_BYTES = 10_000
_SECRET = secrets.token_bytes(32)  # new with every start of the app: a page that is older is drawn again
_ANY_JSON: pydantic.TypeAdapter[object] = pydantic.TypeAdapter(object)
_AHEAD = 8


@dataclass(frozen=True)
class Seat:
    """Who answers which check of which dataset."""

    dataset_id: int
    check_id: int
    reviewer: str


class _Told(pydantic.BaseModel):
    model_config = pydantic.ConfigDict(strict=True, extra="forbid")

    item: Annotated[int, pydantic.Field(ge=0, lt=2**31)]
    said: Literal["class", "none", "cannot-tell"]
    class_index: Annotated[int, pydantic.Field(ge=0, lt=2**31)] | None = None
    ms: Annotated[int, pydantic.Field(ge=0, lt=2**40)] | None = None


def token_of(seat: Seat) -> str:
    """The seat as signed text."""
    text = base64.urlsafe_b64encode(json.dumps(asdict(seat), sort_keys=True).encode()).decode()
    return f"{text}.{_signature(text)}"


def seat_of(token: object) -> Seat | None:
    """The seat that a text is signed for, or None."""
    if not isinstance(token, str):
        return None
    text, _, signature = token.partition(".")
    if not hmac.compare_digest(_signature(text).encode(), signature.encode("utf-8", "replace")):
        return None
    return Seat(**json.loads(base64.urlsafe_b64decode(text)))


def ahead(workspace: Workspace, check: SpotCheck, reviewer: str) -> dict[str, object]:
    """What the desk of a reviewer shows: the next pictures and how far they are; no label, no name, no path."""
    desk: Desk = desk_of(
        spot_checks.items(workspace, check.id),
        spot_checks.answers(workspace, check.id),
        reviewer=reviewer,
        n_reviewers=check.n_reviewers,
        n_ahead=_AHEAD,
    )
    shown = [{"item": each.item, "picture": media.picture_url(each.image_id, each.sha256)} for each in desk.ahead]
    return {"items": shown, "n_answered": desk.n_answered, "n_all": desk.n_all}


async def _answer(request: Request) -> Response:
    body = await read_body(request, most_bytes=_MOST_BYTES)
    if isinstance(body, Response):
        return body
    what = request.path_params["what"]
    if what not in ("answer", "undo"):
        return JSONResponse({"error": "There is no such act."}, status_code=404)
    return await run_in_threadpool(respond, what, body)


def respond(what: str, body: bytes) -> Response:
    """Do `what` (answer or undo) with a JSON body {token, item, said, class_index, ms}; the pictures that come next."""
    try:
        asked = _ANY_JSON.validate_json(body)
        seat = seat_of(asked.get("token")) if isinstance(asked, dict) else None
    except ValueError:
        return JSONResponse({"error": "The request is not JSON."}, status_code=400)
    if seat is None or not isinstance(asked, dict):
        words = "the app has been started again since this page was drawn. Reload it."
        return JSONResponse({"error": words}, status_code=410)
    try:
        workspace = owner.get().workspace
        if what == "undo":
            _take_back(workspace, seat)
        else:
            _keep(workspace, seat, asked)
        check = spot_checks.find_check(workspace, seat.dataset_id, check_id=seat.check_id)
        said = "Taken back" if what == "undo" else "Saved"
        return JSONResponse({"said": said, **ahead(workspace, check, seat.reviewer)})
    except pydantic.ValidationError:
        return JSONResponse({"error": "That is no answer."}, status_code=409)
    except StoreError as error:
        return JSONResponse({"error": owner.for_visitors(error)}, status_code=409)


def _keep(workspace: Workspace, seat: Seat, asked: dict[str, object]) -> None:
    told = _Told.model_validate({name: value for name, value in asked.items() if name != "token"})
    spot_checks.answer(
        workspace,
        seat.dataset_id,
        check_id=seat.check_id,
        item=told.item,
        reviewer=seat.reviewer,
        said=told.said,
        class_index=told.class_index,
        ms=told.ms,
    )


def _take_back(workspace: Workspace, seat: Seat) -> None:
    spot_checks.take_back(workspace, seat.dataset_id, check_id=seat.check_id, reviewer=seat.reviewer)


def _signature(text: str) -> str:
    return hmac.new(_SECRET, text.encode("utf-8", "replace"), hashlib.sha256).hexdigest()


ROUTES = [ruled(f"{URL}{{what:str}}", _answer, least=REVIEWER, methods=["POST"])]
