"""The service as an ASGI app, the same inside the dashboard and alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import Depends, FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.security import APIKeyHeader, HTTPBearer
from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp

from service import (
    offline_docs,
    problems,
    routes_about,
    routes_datasets,
    routes_images,
    routes_pictures,
    routes_similar,
)
from service.envelope import Envelope
from service.problems import FieldError, ProblemBody
from service.serving import Serving

TITLE = "Vitrine: similarity as a service"
ABOUT = """What is like a picture, in the datasets of a workspace.

Errors are `application/problem+json` (RFC 9457). Each answer carries `X-Request-ID`: yours, if you send one. Pictures
that are sent are looked at and not kept.
"""
TAGS = [
    {"name": "similar", "description": "what is like an image, a picture, a vector or words"},
    {"name": "pictures", "description": "what is said of a picture that is sent"},
    {"name": "images", "description": "the images of a dataset"},
    {"name": "datasets", "description": "datasets and their classes"},
    {"name": "about", "description": "the service itself"},
]
# They say in OpenAPI how a key is sent; the gate itself reads it.
_SCHEMES = (HTTPBearer(auto_error=False, description="a key"), APIKeyHeader(name="X-API-Key", auto_error=False))


@dataclass(frozen=True, eq=False)
class Service:
    """A service. api: what is served, for those who read its OpenAPI; asgi: what is run, with all that is around it."""

    api: FastAPI
    asgi: ASGIApp
    serving: Serving


def create_service(serving: Serving, *, cors_origins: Sequence[str] = ()) -> Service:
    """A service of its parts. cors_origins: sites whose pages may ask it from a browser; none by default."""
    api = FastAPI(
        title=TITLE,
        description=ABOUT,
        version=serving.version,
        openapi_tags=TAGS,
        docs_url=None,
        redoc_url=None,
        openapi_url="/openapi.json",
    )
    problems.install(api)
    api.include_router(routes_about.router(serving))
    told = [Depends(scheme) for scheme in _SCHEMES]
    for part in (routes_similar, routes_pictures, routes_images, routes_datasets):
        api.include_router(part.router(serving), dependencies=told)
    offline_docs.install(api)
    api.openapi = lambda: _openapi(api)  # type: ignore[method-assign]  # as FastAPI's documentation has it
    if cors_origins:
        api.add_middleware(
            CORSMiddleware,
            allow_origins=list(cors_origins),
            allow_methods=["GET", "POST"],
            allow_headers=["Authorization", "X-API-Key", "X-Request-ID", "Content-Type"],
            expose_headers=["X-Request-ID", "Retry-After"],
        )
    return Service(api, Envelope(api, limits=serving.limits, metrics=serving.metrics), serving)


def _openapi(api: FastAPI) -> dict[str, Any]:
    """OpenAPI 3.1 with our problems in place of FastAPI's own error."""
    if api.openapi_schema is None:
        text = get_openapi(
            title=api.title,
            version=api.version,
            description=api.description,
            routes=api.routes,
            tags=api.openapi_tags,
        )
        schemas = text["components"]["schemas"]
        for name in ("HTTPValidationError", "ValidationError"):
            schemas.pop(name, None)
        for model in (FieldError, ProblemBody):
            schema = model.model_json_schema(ref_template="#/components/schemas/{model}")
            schema.pop("$defs", None)
            schemas[model.__name__] = schema
        api.openapi_schema = text
    return api.openapi_schema
