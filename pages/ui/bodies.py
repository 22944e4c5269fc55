"""What a browser posts to routes of ours, read with a bound."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response


async def read_body(request: Request, *, most_bytes: int) -> bytes | Response:
    """The body of a request, or the answer 413 once more than `most_bytes` have come; no more than that is held."""
    body = b""
    async for piece in request.stream():
        body += piece
        if len(body) > most_bytes:
            return JSONResponse({"error": "That is too much at once."}, status_code=413)
    return body
