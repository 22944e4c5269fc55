"""nginx and Caddy in front of the app, with the files of deploy/ and a certificate of the test's own, on free ports."""

import contextlib
import os
import re
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.support.browser import chromium, free_port
from tests.support.certificates import self_signed
from tests.support.oidc import ended
from tests.support.places import PROJECT

HOST = "vitrine.example"
DEPLOY = PROJECT / "deploy"
# of a distribution: in a place that is not on everybody's path
NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")
CADDY = shutil.which("caddy")
needs_nginx = pytest.mark.skipif(NGINX is None, reason="nginx is not installed (apt install nginx-light)")
needs_caddy = pytest.mark.skipif(CADDY is None, reason="caddy is not installed (apt install caddy)")


@dataclass(frozen=True)
class Proxy:
    """A running proxy: its ports for https and http."""

    https: int
    http: int

    @property
    def url(self) -> str:
        """Where a browser with HOST on its list of names asks for the app."""
        return f"https://{HOST}:{self.https}"


@contextlib.contextmanager
def nginx(folder: Path, *, upstream: int, path: bool = False) -> Iterator[Proxy]:
    """nginx in front of the port `upstream`, by deploy/nginx/vitrine.conf. path: by vitrine-path.conf, at /animals."""
    cert, key = self_signed(HOST, folder)
    proxy = Proxy(free_port(), free_port())
    changes = {
        "/etc/letsencrypt/live/vitrine.example/fullchain.pem": str(cert),
        "/etc/letsencrypt/live/vitrine.example/privkey.pem": str(key),
        "listen 443 ": f"listen 127.0.0.1:{proxy.https} ",
        "listen 80;": f"listen 127.0.0.1:{proxy.http};",
        "127.0.0.1:8501": f"127.0.0.1:{upstream}",
    }
    if path:  # in the place of the locations of vitrine.conf
        whole = (DEPLOY / "nginx" / "vitrine.conf").read_text(encoding="utf-8")
        ours = whole[whole.index("    location / {") : whole.index("# Whoever asks")]
        changes[ours] = "    include snippets/vitrine-path.conf;\n}\n\n"
    (folder / "snippets").mkdir()
    for name in ("vitrine-proxy.conf", "vitrine-path.conf"):
        shutil.copy(DEPLOY / "nginx" / name, folder / "snippets" / name)
    (folder / "vitrine.conf").write_text(_changed(DEPLOY / "nginx" / "vitrine.conf", changes), encoding="utf-8")
    temporary = "".join(
        f"    {name}_temp_path {folder}/{name};\n" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    main = f"daemon off;\nworker_processes 1;\npid {folder}/nginx.pid;\nerror_log stderr notice;\nevents {{}}\n"
    main += "user root;\n" if os.geteuid() == 0 else ""
    main += f"http {{\n    access_log off;\n{temporary}    include vitrine.conf;\n}}\n"
    (folder / "nginx.conf").write_text(main, encoding="utf-8")
    command = [str(NGINX), "-p", str(folder), "-c", str(folder / "nginx.conf"), "-e", "stderr"]
    with _running(command, folder=folder, proxy=proxy):
        yield proxy


@contextlib.contextmanager
def caddy(folder: Path, *, upstream: int, path: bool = False) -> Iterator[Proxy]:
    """Caddy in front of the port `upstream`, by deploy/caddy/Caddyfile. path: at /animals, as its head says."""
    cert, key = self_signed(HOST, folder)
    proxy = Proxy(free_port(), free_port())
    changes = {
        "127.0.0.1:8501": f"127.0.0.1:{upstream}",
        "\nvitrine.example {\n": f"\n{HOST} {{\n\tbind 127.0.0.1\n\ttls {cert} {key}\n",
    }
    if path:
        changes["\timport vitrine\n"] = "\thandle /animals* {\n\timport vitrine\n\t}\n"
    ours = f"{{\n\tadmin off\n\thttps_port {proxy.https}\n\thttp_port {proxy.http}\n}}\n"
    file = folder / "Caddyfile"
    file.write_text(ours + _changed(DEPLOY / "caddy" / "Caddyfile", changes), encoding="utf-8")
    command = [str(CADDY), "run", "--config", str(file), "--adapter", "caddyfile"]
    with _running(command, folder=folder, proxy=proxy):
        yield proxy


PROXIES = [
    pytest.param(nginx, id="nginx", marks=needs_nginx),
    pytest.param(caddy, id="caddy", marks=needs_caddy),
]
Starting = Callable[..., contextlib.AbstractContextManager[Proxy]]


def _changed(file: Path, changes: Mapping[str, str]) -> str:
    """The text of a file of deploy/, with what a reader of it would put in; each must stand there."""
    text = file.read_text(encoding="utf-8")
    for before, after in changes.items():
        assert before in text, f"{file.name} has no {before!r}"
        text = text.replace(before, after)
    return text


@contextlib.contextmanager
def _running(command: list[str], *, folder: Path, proxy: Proxy) -> Iterator[None]:
    log = folder / "proxy.log"
    with log.open("ab") as output:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            env={**os.environ, "HOME": str(folder), "XDG_DATA_HOME": str(folder), "XDG_CONFIG_HOME": str(folder)},
        )
    with ended(process):
        deadline = time.monotonic() + 30
        while not _listens(proxy.https):
            if process.poll() is not None or time.monotonic() > deadline:
                raise AssertionError(f"The proxy did not start: {log.read_text(errors='replace')[-2000:]}")
            time.sleep(0.05)
        yield


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


@contextlib.contextmanager
def browser_that_knows_the_name() -> Iterator[Browser]:
    """A Chromium to which HOST is this machine; its contexts must not ask who signed the certificate."""
    with chromium(f"--host-resolver-rules=MAP {HOST} 127.0.0.1") as browser:
        yield browser


def asked(proxy: Proxy, request: str, headers: Mapping[str, str], *, name: str = HOST, body: bytes = b"") -> bytes:
    """What comes back of a request, up to its end or to the end of its head if the connection stays open.

    request: its first words, as `GET /`. name: of the host, as TLS says it. Raises ssl.SSLError for a name of nobody.
    """
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    lines = [f"{request} HTTP/1.1", *(f"{key}: {value}" for key, value in headers.items())]
    with (
        socket.create_connection(("127.0.0.1", proxy.https), timeout=60) as plain,
        context.wrap_socket(plain, server_hostname=name) as stream,
    ):
        stream.sendall("\r\n".join([*lines, "", ""]).encode("latin-1") + body)
        answer = b""
        while not _is_whole(answer) and (chunk := stream.recv(65536)):
            answer += chunk
        return answer


def _is_whole(answer: bytes) -> bool:
    """Whether an answer has come to its end, though the connection is still open."""
    head, end, body = answer.partition(b"\r\n\r\n")
    if not end:
        return False
    length = re.search(rb"(?im)^content-length: *(\d+)", head)
    if length:
        return len(body) >= int(length[1])
    return head.startswith(b"HTTP/1.1 101 ") or (b"chunked" in head.lower() and body.endswith(b"0\r\n\r\n"))
