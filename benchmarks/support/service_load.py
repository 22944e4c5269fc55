"""Many clients that ask one server over and over: seconds of each answer, answers a second. A process of its own.

    python service_load.py HOST PORT CLIENTS SECONDS < requests

Requests come as JSON lines: {"method", "path", "body" (base64, may be empty), "type"}. Each client keeps one connection
open and asks the next request of the list as soon as the last one was answered. Ends with a JSON line.
"""

import asyncio
import base64
import itertools
import json
import sys
import time
from collections.abc import Iterator


async def ask_on(
    host: str, port: int, requests: Iterator[bytes], ends: float, seconds: list[float], failed: list[int]
) -> None:
    """One client, until it is time to end."""
    reader, writer = await asyncio.open_connection(host, port)
    while time.perf_counter() < ends:
        began = time.perf_counter()
        writer.write(next(requests))
        head = await reader.readuntil(b"\r\n\r\n")
        status = int(head[9:12])
        length = next(int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
        await reader.readexactly(length)
        seconds.append(time.perf_counter() - began)
        if status != 200:
            failed.append(status)
    writer.close()


async def load(host: str, port: int, requests: list[bytes], *, clients: int, for_s: float) -> dict[str, float]:
    """p50, p95, p99 in milliseconds, answers a second, how many there were and how many were no answer."""
    seconds: list[float] = []
    failed: list[int] = []
    began = time.perf_counter()
    turns = itertools.cycle(requests)
    await asyncio.gather(*(ask_on(host, port, turns, began + for_s, seconds, failed) for _ in range(clients)))
    took = time.perf_counter() - began
    ordered = sorted(seconds)
    at = {f"p{share}": 1000 * ordered[min(len(ordered) - 1, len(ordered) * share // 100)] for share in (50, 95, 99)}
    return {**at, "per_second": len(seconds) / took, "n": len(seconds), "n_failed": len(failed)}


def as_bytes(line: str, host: str) -> bytes:
    """A request as it is sent."""
    told = json.loads(line)
    body = base64.b64decode(told.get("body", ""))
    kind = f"Content-Type: {told['type']}\r\n" if told.get("type") else ""
    head = f"{told['method']} {told['path']} HTTP/1.1\r\nHost: {host}\r\n{kind}Content-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


if __name__ == "__main__":
    where, number, n_clients, length = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4])
    asked = [as_bytes(line, where) for line in sys.stdin]
    print(json.dumps(asyncio.run(load(where, number, asked, clients=n_clients, for_s=length))))
