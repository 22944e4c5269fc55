"""Whether the service is there and ready, which version it is, and its numbers."""

from fastapi import APIRouter, Depends, Response
from starlette.concurrency import run_in_threadpool

from service import layout, metrics
from service.problems import responses
from service.schemas import Health, Readiness, VersionInfo
from service.serving import Serving


def router(serving: Serving) -> APIRouter:
    """The addresses; all but the numbers are open to everybody, for whoever watches over the process."""
    routes = APIRouter(tags=["about"])

    @routes.get("/health", summary="The process is there")
    async def health() -> Health:
        return Health(status="ok")

    @routes.get(
        "/ready", summary="Requests can be answered", responses={503: {"model": Readiness, "description": "Not yet"}}
    )
    async def ready(response: Response) -> Readiness:
        is_ready = await run_in_threadpool(serving.catalogue.is_ready)
        response.status_code = 200 if is_ready else 503
        return Readiness(ready=is_ready, n_datasets=len(await run_in_threadpool(serving.catalogue.names)))

    @routes.get("/version", summary="Which code answers")
    async def version() -> VersionInfo:
        return VersionInfo(version=serving.version, index_format=layout.FORMAT)

    @routes.get(
        "/metrics",
        summary="Numbers for Prometheus",
        dependencies=[Depends(serving.caller)],
        response_class=Response,
        responses={**responses(), 200: {"content": {"text/plain": {"schema": {"type": "string"}}}}},
    )
    async def numbers() -> Response:
        return Response(serving.metrics.text(), media_type=metrics.CONTENT_TYPE)

    return routes
