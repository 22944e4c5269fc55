"""A web server on loopback that gives each picture of a folder after a while.

    python -m benchmarks.support.picture_server FOLDER [--delay-ms 20]

It prints its port. An answer takes a few lines, so that a measurement is of who asks.
"""

import argparse
import asyncio
import functools
import io
import json
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np
from PIL import Image

SIZE = (500, 375)
GRAIN = 15  # of the noise that brings a picture of SIZE to some 40 kB


class Answers(asyncio.Protocol):
    """A connection: a request at a time, each answered so many seconds later."""

    def __init__(self, folder: Path, delay_s: float) -> None:
        self._folder, self._delay_s, self._received = folder, delay_s, b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._received += data
        if self._received.endswith(b"\r\n\r\n"):
            head, self._received = self._received, b""
            asyncio.get_running_loop().call_later(self._delay_s, self._answer, head)

    def _answer(self, head: bytes) -> None:
        name = head.split(b" ", 2)[1].rpartition(b"/")[2].decode()
        path = self._folder / name
        status, body = ("200 OK", path.read_bytes()) if path.suffix == ".jpg" else ("404 Not Found", b"")
        closes = b"connection: close" in head.lower()
        said = f"HTTP/1.1 {status}\r\nContent-Type: image/jpeg\r\nContent-Length: {len(body)}\r\n"
        self._transport.write(said.encode() + (b"Connection: close\r\n\r\n" if closes else b"\r\n") + body)
        if closes:
            self._transport.close()


def draw(folder: Path, n: int) -> None:
    """Write n different pictures of some 40 kB, on all cores; those that are there stay."""
    folder.mkdir(parents=True, exist_ok=True)
    missing = [number for number in range(n) if not (folder / f"{number}.jpg").exists()]
    if missing:
        with ProcessPoolExecutor() as pool:
            for _ in pool.map(_draw, [folder] * len(missing), missing, chunksize=max(1, min(50, len(missing) // 4))):
                pass


@functools.cache
def _grain() -> np.ndarray:
    return np.random.default_rng(0).normal(0, GRAIN, (SIZE[1], SIZE[0], 1)).astype(np.int16)


def _draw(folder: Path, number: int) -> None:
    rng = np.random.default_rng(number)
    large = Image.fromarray(rng.integers(0, 256, (12, 16, 3), dtype=np.uint8)).resize(SIZE, Image.Resampling.BICUBIC)
    grain = np.roll(_grain(), int(rng.integers(SIZE[0] * SIZE[1])))
    pixels = np.clip(np.asarray(large, np.int16) + grain, 0, 255).astype(np.uint8)
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "JPEG", quality=60)
    (folder / f"{number}.jpg").write_bytes(out.getvalue())


async def serve(folder: Path, delay_s: float) -> None:
    """Serve until the process is ended."""
    server = await asyncio.get_running_loop().create_server(lambda: Answers(folder, delay_s), "127.0.0.1", 0)
    print(json.dumps({"port": server.sockets[0].getsockname()[1]}), flush=True)
    await server.serve_forever()


def main() -> None:
    """Read the words, and serve."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--delay-ms", type=float, default=20.0)
    options = parser.parse_args()
    asyncio.run(serve(options.folder, options.delay_ms / 1000))


if __name__ == "__main__":
    main()
