"""Servers of files to measure pictures beside: Starlette's StaticFiles, nginx, and a route as a tutorial writes it.

    python benchmarks/support/file_servers.py static|query PORT FOLDER [DATABASE]

static: the files of FOLDER by uvicorn and StaticFiles. query: /thumb/ID looks for the image in DATABASE (a copy of a
workspace's file) by DuckDB, once for each request, and answers with the file, in FOLDER, by FileResponse.
"""

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

NGINX = shutil.which("nginx", path="/usr/sbin:/usr/bin:/usr/local/sbin:/usr/local/bin:/opt/homebrew/bin")
_CONFIGURATION = """
daemon off; worker_processes 1; pid {place}/pid; error_log {place}/errors;
events {{ worker_connections 256; }}
http {{
    access_log off; sendfile on; tcp_nopush on; keepalive_requests 10000000; default_type image/jpeg;
    open_file_cache max=100000 inactive=60s; open_file_cache_valid 5s;
    client_body_temp_path {place}/b; proxy_temp_path {place}/p; fastcgi_temp_path {place}/f; uwsgi_temp_path {place}/u;
    scgi_temp_path {place}/s;
    add_header Cache-Control "private, max-age=31536000, immutable";
    server {{ listen 127.0.0.1:{port}; root {folder}; }}
}}
"""


@contextlib.contextmanager
def python_server(kind: str, port: int, folder: Path, *database: Path) -> Iterator[int]:
    """Serve `folder` by this module in a process of its own (kind: static or query); the process's number."""
    with _running([sys.executable, __file__, kind, port, folder, *database], port) as number:
        yield number


@contextlib.contextmanager
def nginx(port: int, folder: Path, *, place: Path) -> Iterator[int]:
    """Serve `folder` by nginx with one worker, which keeps its own files in `place`; the process's number."""
    place.mkdir()
    settings = place / "nginx.conf"
    settings.write_text(_CONFIGURATION.format(place=place, port=port, folder=folder))
    as_we_are = ["-g", "user root;"] if os.geteuid() == 0 else []  # else its worker cannot read what we can
    with _running([NGINX, "-p", place, "-c", settings, *as_we_are], port) as number:
        yield number


@contextlib.contextmanager
def _running(order: list[object], port: int) -> Iterator[int]:
    process = subprocess.Popen([str(word) for word in order], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        until = time.perf_counter() + 60
        while True:
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=2).close()
                break
            except urllib.error.HTTPError:
                break
            except OSError:
                if time.perf_counter() > until or process.poll() is not None:
                    raise SystemExit(f"{order} does not answer.") from None
                time.sleep(0.05)
        yield process.pid
    finally:
        process.terminate()
        process.wait(timeout=30)


def main() -> None:
    """Serve until ended."""
    import duckdb
    import uvicorn
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import FileResponse
    from starlette.routing import BaseRoute, Mount, Route
    from starlette.staticfiles import StaticFiles

    kind, port, folder, *database = sys.argv[1:]
    routes: list[BaseRoute] = [Mount("/", StaticFiles(directory=folder))]
    if kind == "query":
        connection = duckdb.connect(database[0], read_only=True)

        def thumb(request: Request) -> FileResponse:
            ((path,),) = (
                connection.cursor()
                .execute("SELECT path FROM image WHERE id = $1", [request.path_params["image_id"]])
                .fetchall()
            )
            return FileResponse(Path(folder) / path)

        routes = [Route("/thumb/{image_id:int}", thumb)]
    listening = socket.socket(proto=socket.IPPROTO_TCP)  # named, so that asyncio turns Nagle's algorithm off
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listening.bind(("127.0.0.1", int(port)))
    server = uvicorn.Server(uvicorn.Config(Starlette(routes=routes), access_log=False, log_level="error"))
    server.run(sockets=[listening])


if __name__ == "__main__":
    main()
