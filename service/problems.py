"""What goes wrong, as RFC 9457 writes it: application/problem+json with a sentence for a person.

Problem (any; its status, a slug, a sentence)
"""

import logging
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException

MEDIA_TYPE = "application/problem+json"
MOST_ERRORS = 20  # told of one request
_STATUSES = {int(status) for status in HTTPStatus}
log = logging.getLogger("vitrine.service")


class Problem(HTTPException):
    """A request that cannot be answered. slug: stable, for programs; detail: a sentence, for people.

    It is an HTTPException, since FastAPI turns whatever else is raised while a body is read into a 400.
    """

    def __init__(self, status: int, slug: str, detail: str, *, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(status, detail, dict(headers or {}))
        self.slug = slug


class FieldError(BaseModel):
    """A part of a request that does not fit."""

    where: list[str | int] = Field(examples=[["query", "limit"]])
    what: str = Field(examples=["Input should be less than or equal to 100"])


class ProblemBody(BaseModel):
    """RFC 9457's members, with the number of the request and, for a request that does not fit, what of it."""

    type: str = Field(examples=["urn:vitrine:problem:no-such-image"])
    title: str = Field(examples=["Not Found"])
    status: int = Field(examples=[404])
    detail: str = Field(examples=["animals has no image 99."])
    instance: str = Field(examples=["/datasets/animals/images/99"])
    request_id: str = Field(examples=["6f1c0a2be4d94b5d"])
    errors: list[FieldError] | None = None


def no_dataset(name: str) -> Problem:
    """For a dataset that is not there, or that the key does not name: nobody can tell the two apart."""
    return Problem(404, "no-such-dataset", f"There is no dataset {name[:80]!r}.")


Told = dict[int | str, dict[str, Any]]  # of the answers of an address, in OpenAPI


def responses(*statuses: int) -> Told:
    """What OpenAPI says of the problems that an address may answer with."""
    told = sorted({*statuses, 401, 422, 429, 503})
    return {
        status: {
            "description": HTTPStatus(status).phrase,
            "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/ProblemBody"}}},
        }
        for status in told
    }


def as_response(
    status: int,
    slug: str,
    detail: str,
    *,
    path: str,
    request_id: str,
    headers: Mapping[str, str] | None = None,
    errors: Sequence[FieldError] | None = None,
) -> JSONResponse:
    """A problem as it is sent."""
    body = ProblemBody(
        type=f"urn:vitrine:problem:{slug}",
        title=HTTPStatus(status).phrase,
        status=status,
        detail=detail,
        instance=path,
        request_id=request_id,
        errors=None if errors is None else list(errors),
    )
    content = body.model_dump(exclude_none=True)
    return JSONResponse(content, status_code=status, headers=dict(headers or {}), media_type=MEDIA_TYPE)


def install(app: FastAPI) -> None:
    """Have every error of the app answered as a problem."""
    app.add_exception_handler(Problem, _problem)
    app.add_exception_handler(RequestValidationError, _unfit)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Exception, _unforeseen)


def request_id_of(request: Request) -> str:
    """The number that the request was given."""
    return str(request.scope.get("vitrine.request_id", "-"))


async def _problem(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, Problem)
    path, request_id = request.url.path, request_id_of(request)
    return as_response(
        error.status_code, error.slug, error.detail, path=path, request_id=request_id, headers=error.headers
    )


async def _unfit(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    told = [FieldError(where=list(each["loc"]), what=str(each["msg"])) for each in error.errors()[:MOST_ERRORS]]
    first = f" ({'.'.join(map(str, told[0].where))}: {told[0].what})" if told else ""
    return as_response(
        422,
        "unfit-request",
        f"The request does not fit what this address takes{first}.",
        path=request.url.path,
        request_id=request_id_of(request),
        errors=told,
    )


async def _http(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    status = error.status_code if error.status_code in _STATUSES else 500
    slug = HTTPStatus(status).phrase.lower().replace(" ", "-").replace("'", "")
    detail = f"{error.detail}".rstrip(".") + "."
    return as_response(
        status, slug, detail, path=request.url.path, request_id=request_id_of(request), headers=error.headers
    )


async def _unforeseen(request: Request, error: Exception) -> JSONResponse:
    request_id = request_id_of(request)
    log.error("Request %s stopped at an error that nobody foresaw", request_id, exc_info=error)
    detail = f"The request stopped at an error that nobody foresaw. The log says more under {request_id}."
    return as_response(500, "unforeseen", detail, path=request.url.path, request_id=request_id)
