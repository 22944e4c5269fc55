"""Buckets that speak S3 (Amazon's, SeaweedFS, MinIO, Ceph, ...): addresses, connections, and errors in sentences.

    BucketError         a bucket that cannot be used: no such one, no credentials or refused ones, no connection

Credentials are those that every AWS tool finds (environment, ~/.aws, a role of the machine); a store that is not
Amazon's is named by AWS_ENDPOINT_URL. Neither is ever kept, logged or said. pyarrow reads objects, boto3 does what it
cannot: list page by page, sign links, upload in parts that survive a kill, and ask who may read.
"""

import errno
import functools
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from importers.refusals import LayoutError

SCHEME = "s3://"
CONNECT_S, ANSWER_S, ATTEMPTS = 10, 60, 4
_BUCKET = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{1,61}[A-Za-z0-9]")
_DENIED = ("ACCESSDENIED", "FORBIDDEN", "403")
_REFUSED = (
    "INVALIDACCESSKEYID",
    "SIGNATUREDOESNOTMATCH",
    "INVALIDCLIENTTOKENID",
    "INVALIDTOKEN",
    "EXPIREDTOKEN",
    "UNRECOGNIZEDCLIENT",
    "INVALIDSIGNATURE",
    "REQUESTTIMETOOSKEWED",
    "NOAUTHHANDLERFOUND",
    "AUTHORIZATIONHEADERMALFORMED",
)
_GONE = ("NOSUCHKEY", "NOSUCHBUCKET", "NOSUCHUPLOAD", "NOTFOUND", "404", "RESOURCENOTFOUND")
_CHAIN = "They are looked for where every AWS tool does: in the environment, in ~/.aws, in the machine's role."


class BucketError(OSError):
    """A bucket, or a store, that cannot be used; the message is a sentence without credentials."""


@dataclass(frozen=True)
class Address:
    """A place in a store: of an object, or of all objects whose keys begin with `key` and a slash."""

    bucket: str
    key: str

    @property
    def prefix(self) -> str:
        """What keys below it begin with; "" for the whole bucket."""
        return f"{self.key}/" if self.key else ""

    @property
    def url(self) -> str:
        """The address as it is written, without a slash at its end."""
        return f"{SCHEME}{self.bucket}/{self.key}".rstrip("/")

    def below(self, path: str) -> "Address":
        """The address of what lies at `path` below this one."""
        return Address(self.bucket, f"{self.prefix}{path}")


def is_store_url(text: object) -> bool:
    """Whether a text names a place in a store and no folder of this machine."""
    return str(text).strip().lower().startswith(SCHEME)


def address_of(url: str) -> Address:
    """The address that a text such as s3://bucket/prefix means. Raises LayoutError, which repeats no secret."""
    bucket, _, key = url.strip()[len(SCHEME) :].partition("/")
    if not is_store_url(url) or not _BUCKET.fullmatch(bucket):
        raise LayoutError(
            "An address in a store is written s3://BUCKET/PREFIX, where BUCKET has letters, digits, dots and dashes "
            f"alone. Keys and secrets are no part of it. {_CHAIN}"
        )
    parts = key.strip("/").split("/") if key.strip("/") else []
    if any(part in ("", ".", "..") for part in parts) or not key.isprintable():
        raise LayoutError(f"The prefix in {SCHEME}{bucket}/... has an empty part, `.` or `..`. Name another.")
    return Address(bucket, "/".join(parts))


def checked_url(url: str) -> str:
    """The address in the one way it is kept: as datasets' roots. Raises LayoutError."""
    return address_of(url).url


def endpoint() -> str | None:
    """Where the store is that is not Amazon's, by the usual environment or configuration; None: it is Amazon's."""
    named = os.environ.get("AWS_ENDPOINT_URL_S3") or os.environ.get("AWS_ENDPOINT_URL")
    if named or not _is_configured("endpoint_url"):
        return named or None
    import boto3

    url: str = boto3.client("s3").meta.endpoint_url
    return None if url.endswith(".amazonaws.com") else url


@functools.cache
def has_credentials() -> bool:
    """Whether the usual chain finds credentials; without any, requests are not signed, as public buckets allow."""
    if os.environ.get("AWS_ACCESS_KEY_ID") or _is_configured("aws_access_key_id"):
        return True
    import boto3

    return boto3.Session().get_credentials() is not None


def filesystem(bucket: str) -> Any:
    """pyarrow's view of the store, to read objects by: connections of this process alone."""
    return _filesystem(bucket, os.getpid())


@functools.cache
def _filesystem(bucket: str, pid: int) -> Any:
    from pyarrow import fs

    options: dict[str, object] = {
        "connect_timeout": CONNECT_S,
        "request_timeout": ANSWER_S,
        "retry_strategy": fs.AwsStandardS3RetryStrategy(max_attempts=ATTEMPTS),
        "anonymous": not has_credentials(),
    }
    region = os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION")
    url = endpoint()
    if url:
        parts = urlsplit(url)
        options |= {"endpoint_override": parts.netloc, "scheme": parts.scheme, "region": region or "us-east-1"}
    else:
        options["region"] = region or _region_of(bucket)
    return fs.S3FileSystem(**options)


def client() -> Any:
    """boto3's view of the store, of this process."""
    return _client(os.getpid(), signed=has_credentials())


def unsigned_client() -> Any:
    """The same for whoever has no credentials: what it may do, anybody may."""
    return _client(os.getpid(), signed=False)


@functools.cache
def _client(pid: int, *, signed: bool) -> Any:
    import boto3
    from botocore import UNSIGNED
    from botocore.config import Config

    url = endpoint()
    config = Config(
        connect_timeout=CONNECT_S,
        read_timeout=ANSWER_S,
        retries={"mode": "standard", "max_attempts": ATTEMPTS},
        max_pool_connections=32,
        request_checksum_calculation="when_required",  # what else it adds, other stores do not know
        response_checksum_validation="when_required",
        s3={"addressing_style": "path"} if url else {},  # a bucket's own host name is Amazon's habit
        signature_version="s3v4" if signed else UNSIGNED,  # links too: the older way is refused by newer regions
    )
    session = boto3.Session()
    return session.client("s3", endpoint_url=url, region_name=session.region_name or "us-east-1", config=config)


def in_words(error: Exception, what: str) -> OSError:
    """What a store's refusal means, as the error to raise: FileNotFoundError, PermissionError or BucketError.

    what: the address that was asked for. Raw texts of stores are not repeated: they may name keys.
    """
    code = _code_of(error)
    plain = code.upper().replace("_", "")
    if isinstance(error, FileNotFoundError) or plain in _GONE:
        return FileNotFoundError(errno.ENOENT, "There is no such object or bucket", what)
    if plain in _DENIED:
        return PermissionError(errno.EACCES, "The store does not let these credentials do this", what)
    if plain in _REFUSED or type(error).__name__ in ("NoCredentialsError", "PartialCredentialsError"):
        return BucketError(f"The store refuses the credentials for {what} ({code}). {_CHAIN}")
    where = f" at {_host()}" if _host() else ""
    return BucketError(f"{what} cannot be reached{where} ({code}). Is the store running, and AWS_ENDPOINT_URL right?")


def sentence(error: OSError) -> str:
    """An error of in_words as one sentence."""
    if isinstance(error, BucketError) or not error.filename:
        return str(error)
    return f"{error.strerror}: {error.filename}."


def _code_of(error: Exception) -> str:
    """A store's word for what went wrong: ACCESS_DENIED, NoSuchKey, ConnectTimeoutError."""
    response = getattr(error, "response", None)
    if isinstance(response, Mapping):
        return str(response.get("Error", {}).get("Code") or type(error).__name__)
    found = re.search(r"AWS Error ([A-Z_0-9]+)", str(error))
    return found.group(1) if found else type(error).__name__


def _host() -> str:
    """The store's host and port, without what may stand before them."""
    parts = urlsplit(endpoint() or "")
    return f"{parts.hostname or ''}{f':{parts.port}' if parts.port else ''}"


def _region_of(bucket: str) -> str:
    from pyarrow import fs

    try:
        return str(fs.resolve_s3_region(bucket))
    except OSError:
        return "us-east-1"


def _is_configured(setting: str) -> bool:
    """Whether a file of the AWS tools has a line on this setting."""
    files = (
        os.environ.get("AWS_CONFIG_FILE") or "~/.aws/config",
        os.environ.get("AWS_SHARED_CREDENTIALS_FILE") or "~/.aws/credentials",
    )
    for name in files:
        try:
            if setting in Path(name).expanduser().read_text(encoding="utf-8", errors="replace"):
                return True
        except OSError:
            continue
    return False
