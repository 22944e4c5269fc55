"""A bucket read as an import reads it, against a loop of boto3 that fetches one object at a time, and a local folder.

    python benchmarks/bucket_import.py --pictures DIR [--n 4000] [--rounds 2] [--delay-ms 20]

The store is SeaweedFS on loopback, on the same cores: `weed` from requirements-stores.txt, or $VITRINE_WEED; without it
nothing is measured. All decode, hash and measure every picture (importers/scan_child.py), as an import does; the loop
in one process, after each GET. The cache is empty at the start, but for the row that says so. The least round counts.
A store elsewhere is far away: a relay gives each answer --delay-ms later.
"""

import argparse
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.support.table import print_header, print_row
from benchmarks.support.timing import conditions, seconds_of

PREFIX = "bench"
RELAY = """
import asyncio, sys
mine, theirs, delay = int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])
async def pass_on(reader, writer, wait):
    while data := await reader.read(1 << 20):
        if wait:
            await asyncio.sleep(wait)
        writer.write(data)
        await writer.drain()
    writer.close()
async def connected(reader, writer):
    there, back = await asyncio.open_connection("127.0.0.1", theirs)
    await asyncio.gather(pass_on(reader, back, 0), pass_on(there, writer, delay), return_exceptions=True)
async def main():
    await (await asyncio.start_server(connected, "127.0.0.1", mine)).serve_forever()
asyncio.run(main())
"""


def main() -> None:
    """Print a table and the ratios."""
    options = _options()
    from tests.support.weed import BUCKET, running_weed, weed_program

    if weed_program() is None:
        print("Skipped: no program weed (make test-stores, or name it with VITRINE_WEED).")
        return
    print(conditions())
    with (
        tempfile.TemporaryDirectory() as folder,
        running_weed(Path(folder)) as weed,
        relayed(weed.url, options.delay_ms) as url,
    ):
        _sign_in(url)
        paths = _put(weed, options.pictures, options.n)
        prefix, local = f"s3://{BUCKET}/{PREFIX}", _copied(options.pictures, paths, Path(folder) / "local")
        print_header("what", "n", "seconds", "pictures/s")
        n, kept, new = len(paths), Path(folder) / "kept", Path(folder) / "new"
        loop = _least(options, "boto3, one at a time", n, lambda: loop_of_boto3(BUCKET, paths))
        bucket = _least(options, "import's reading of the bucket", n, lambda: read(prefix, new))
        read(prefix, kept, keep=True)
        again = _least(options, "again, from the cache", n, lambda: read(prefix, kept, keep=True))
        here = _least(options, "import's reading of the folder", n, lambda: read(str(local), new))
    print(f"\n{loop / bucket:.1f} times as fast as boto3 one at a time; from the cache {loop / again:.1f} times")
    print(f"The folder takes {here / bucket:.2f} of the bucket's time")


def loop_of_boto3(bucket: str, paths: list[str]) -> None:
    """List, then fetch, decode and measure each object, one after the other."""
    from importers.picture import FileBytes
    from importers.scan_child import scan_file
    from importers.stores import client

    s3 = client()
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=f"{PREFIX}/")
    n = 0
    for key in [entry["Key"] for page in pages for entry in page["Contents"]]:
        data = s3.get_object(Bucket=bucket, Key=key)["Body"].read()
        scan_file("", key, thumbs=None, max_pixels=10**8, read=lambda data=data: FileBytes(data, len(data), 0))
        n += 1
    assert n == len(paths)


def read(root: str, cache: Path, *, keep: bool = False) -> None:
    """List a folder or a prefix and scan all of it, as an import does."""
    from importers.scan import scan_files
    from importers.sources import root_of
    from importers.store_listing import list_root

    if not keep:
        shutil.rmtree(cache, ignore_errors=True)
    place = root_of(root, cache)
    listing = list_root(place)
    n = sum(chunk.images.num_rows for chunk in scan_files(place, listing.paths, thumbs=None))
    assert n == len(listing.paths)


def _least(options: argparse.Namespace, what: str, n: int, work) -> float:
    seconds = min(seconds_of(work) for _ in range(options.rounds))
    print_row(what, f"{n:,}", f"{seconds:.1f}", f"{n / seconds:,.0f}")
    return seconds


def _put(weed, pictures: Path, n: int) -> list[str]:
    """Put n pictures of a folder below the prefix; their paths."""
    from concurrent.futures import ThreadPoolExecutor

    from tests.support.weed import BUCKET

    files = sorted(path for path in pictures.rglob("*") if path.is_file())[:n]
    client = weed.client()

    def put(path: Path) -> str:
        name = path.relative_to(pictures).as_posix()
        client.put_object(Bucket=BUCKET, Key=f"{PREFIX}/{name}", Body=path.read_bytes())
        return name

    with ThreadPoolExecutor(8) as pool:
        return list(pool.map(put, files))


def _copied(pictures: Path, paths: list[str], target: Path) -> Path:
    for path in paths:
        (target / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(pictures / path, target / path)
    return target


def _sign_in(url: str) -> None:
    from tests.support.weed import OWNER

    os.environ |= {
        "AWS_ENDPOINT_URL": url,
        "AWS_ACCESS_KEY_ID": OWNER[0],
        "AWS_SECRET_ACCESS_KEY": OWNER[1],
        "AWS_EC2_METADATA_DISABLED": "true",
    }


@contextmanager
def relayed(url: str, delay_ms: float) -> Iterator[str]:
    """The store's address, or that of a process that passes all on and every answer later."""
    if not delay_ms:
        yield url
        return
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    relay = subprocess.Popen([sys.executable, "-c", RELAY, str(port), url.rpartition(":")[2], str(delay_ms / 1000)])
    try:
        time.sleep(1)
        yield f"http://127.0.0.1:{port}"
    finally:
        relay.kill()
        relay.wait()


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pictures", type=lambda text: Path(text).resolve(), required=True)
    parser.add_argument("--n", type=int, default=4000)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--delay-ms", type=float, default=0.0)
    return parser.parse_args()


if __name__ == "__main__":
    main()
