"""The page that tries the addresses: Swagger UI from the package fastapi-offline, for browsers without the internet."""

import importlib.util
from pathlib import Path

from fastapi import FastAPI, Request
from fastapi.openapi.docs import get_swagger_ui_html
from starlette.responses import FileResponse, HTMLResponse

# inline scripts and styles are the page's own; nothing comes from another host
_POLICY = (
    "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; script-src 'self' 'unsafe-inline'"
)
_FILES = {"swagger-ui-bundle.js": "text/javascript", "swagger-ui.css": "text/css", "favicon.png": "image/png"}


def install(app: FastAPI) -> None:
    """Serve the page at /docs and what it loads below."""

    @app.get("/docs", include_in_schema=False)
    async def page(request: Request) -> HTMLResponse:
        root = str(request.scope.get("root_path", "")).rstrip("/")
        shown = get_swagger_ui_html(
            openapi_url=f"{root}{app.openapi_url}",
            title=app.title,
            swagger_js_url=f"{root}/docs/swagger-ui-bundle.js",
            swagger_css_url=f"{root}/docs/swagger-ui.css",
            swagger_favicon_url=f"{root}/docs/favicon.png",
            swagger_ui_parameters={"tryItOutEnabled": True, "defaultModelsExpandDepth": 0},
        )
        shown.headers["Content-Security-Policy"] = _POLICY
        return shown

    for name, media_type in _FILES.items():
        app.add_api_route(f"/docs/{name}", _file(name, media_type), include_in_schema=False)


def _file(name: str, media_type: str):  # type: ignore[no-untyped-def]  # an endpoint, which FastAPI reads
    async def send() -> FileResponse:
        return FileResponse(folder() / name, media_type=media_type)

    return send


def folder() -> Path:
    """Where the package keeps Swagger UI; found without importing it."""
    found = importlib.util.find_spec("fastapi_offline")
    if found is None or not found.submodule_search_locations:
        raise ModuleNotFoundError("fastapi_offline")
    return Path(found.submodule_search_locations[0]) / "static"
