"""Receivers of alerts on this machine: one of webhooks, and a mail server that knows what a client says."""

import contextlib
import http.server
import socketserver
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field


@dataclass
class Received:
    """What came in. port: where it listens. answers: the status of each answer to come, the last one for all others."""

    port: int = 0
    answers: list[int] = field(default_factory=lambda: [204])
    bodies: list[bytes] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    mails: list[str] = field(default_factory=list)
    logins: int = 0
    delay: threading.Event | None = None  # a request waits for it

    def answer(self) -> int:
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


@contextlib.contextmanager
def webhook(received: Received | None = None) -> Iterator[Received]:
    """A receiver of webhooks on a free port of 127.0.0.1."""
    got = received or Received()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            got.bodies.append(self.rfile.read(int(self.headers["Content-Length"])))
            got.headers.append(dict(self.headers))
            if got.delay is not None:
                got.delay.wait(30)
            status = got.answer()
            self.send_response(status)
            if status in (301, 302, 307, 308):
                self.send_header("Location", f"http://127.0.0.1:{got.port}/elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *arguments: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        got.port = server.server_address[1]
        with _serving(server):
            yield got


@contextlib.contextmanager
def mail_server(received: Received | None = None) -> Iterator[Received]:
    """A mail server on a free port of 127.0.0.1; answers 550 stands for one that refuses the mail."""
    got = received or Received(answers=[250])

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self.say("220 here")
            while line := self.rfile.readline().decode().strip():
                word = line.split()[0].upper()
                if word == "DATA":
                    self.say("354 go on")
                    self.take_mail()
                elif word in ("EHLO", "HELO"):
                    self.say("250-here\r\n250 AUTH PLAIN")
                elif word == "AUTH":
                    got.logins += 1
                    self.say("235 welcome")
                elif word == "QUIT":
                    self.say("221 bye")
                    return
                else:
                    self.say("250 fine")

        def take_mail(self) -> None:
            lines = []
            while (line := self.rfile.readline().decode()) not in (".\r\n", ""):
                lines.append(line)
            status = got.answer()
            if status == 250:
                got.mails.append("".join(lines))
            self.say(f"{status} so it is")

        def say(self, line: str) -> None:
            self.wfile.write(f"{line}\r\n".encode())

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        got.port = server.server_address[1]
        with _serving(server):
            yield got


@contextlib.contextmanager
def _serving(server: socketserver.BaseServer) -> Iterator[None]:
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
