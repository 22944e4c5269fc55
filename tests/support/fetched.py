"""Fetches from the server that behaves badly: names that lead to it, small limits, and what became of each."""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from importers.collecting.fetching import Fetched, FetchLimits, GuardedClient, Known, Quota, Wanted, fetch_all
from importers.collecting.fetching.addresses import Permission, permission_of
from tests.support.bad_server import BadServer

LOOPBACK = permission_of(["127.0.0.0/8", "::1"], ports=None)
LIMITS = FetchLimits(
    contact="test@example.org",
    connect_s=5,
    read_s=5,
    total_s=20,
    retries=2,
    max_wait_s=5,
    max_bytes=4 << 20,
    per_host_at_once=8,
    per_host_per_s=0,
    readers=1,
)


async def to_loopback(host: str, port: int) -> list[str]:
    """A resolver for which every name is this machine."""
    return ["127.0.0.1"]


def client_of(limits: FetchLimits = LIMITS, permission: Permission = LOOPBACK) -> GuardedClient:
    """A client for which every name leads to this machine."""
    return GuardedClient(limits, permission=permission, resolve=to_loopback)


def fetch(
    urls: Iterable[str] | Mapping[int, str],
    folder: Path,
    *,
    limits: FetchLimits = LIMITS,
    folder_of: Callable[[int], str] = lambda number: "pictures",
    known: Known | None = None,
    quota: Quota | None = None,
) -> dict[int, Fetched]:
    """Fetch addresses below folder/root, with folder/journal.jsonl: the last outcome of each number."""
    numbered = urls if isinstance(urls, Mapping) else dict(enumerate(urls))
    wanted = [Wanted(number, url) for number, url in numbered.items()]

    async def run() -> dict[int, Fetched]:
        found = {}
        async with client_of(limits) as client:
            results = fetch_all(
                wanted,
                folder_of,
                root=folder / "root",
                journal=folder / "journal.jsonl",
                limits=limits,
                known=known,
                quota=quota,
                client=client,
            )
            async for fetched in results:
                found[fetched.number] = fetched
        return dict(sorted(found.items()))

    return asyncio.run(run())


def fetch_paths(server: BadServer, paths: Iterable[str], folder: Path, **options: object) -> dict[str, Fetched]:
    """The same of paths of the server, by path."""
    paths = list(paths)
    found = fetch([server.url(path) for path in paths], folder, **options)  # type: ignore[arg-type]
    return {path: found[number] for number, path in enumerate(paths)}


def files_of(folder: Path) -> list[str]:
    """Every file below folder/root, by its path there."""
    root = folder / "root"
    return sorted(path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file())
