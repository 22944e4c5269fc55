"""Files to a bucket: whole or not there, never over another object, gone on with after a kill, checked at the end."""

import base64
import contextlib
import hashlib
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from analytics.wording import count
from importers.store_listing import FoundObject, list_objects
from importers.stores import Address, client, in_words, sentence
from jobs.engine.errors import ExportRefused, JobFailed
from jobs.upload.limits import USUAL, Limits, parts_of
from jobs.upload.receipts import Begun, LocalFile, Receipts, Sent

AT_ONCE, PARTS_AT_ONCE = 8, 4
SHA256 = "sha256"  # of an object's own notes
_BLOCK = 8 << 20
_TAKEN = ("PreconditionFailed", "412", "ConditionalRequestConflict")
_UNKNOWN = ("NotImplemented", "501", "InvalidRequest", "InvalidArgument")  # a store that knows no If-None-Match
Report = Callable[[int, int], None]  # files and bytes that are there


@dataclass
class Tally:
    """What an upload did. n_kept: files that lay there already; n_parts_kept: parts of the attempt before."""

    n_sent: int = 0
    n_kept: int = 0
    n_bytes: int = 0
    n_parts: int = 0
    n_parts_kept: int = 0
    n_read_back: int = 0


class Sender:
    """Brings files below an address. Raises ExportRefused where others lie there, JobFailed where the store refuses."""

    def __init__(self, to: Address, *, receipts: Receipts, limits: Limits = USUAL, at_once: int = AT_ONCE) -> None:
        self._to, self._receipts, self._limits, self._at_once = to, receipts, limits, at_once
        self.tally = Tally()

    def send(self, files: Sequence[LocalFile], *, report: Report) -> list[Sent]:
        """Bring all files, in their order; what lies there already, with the same bytes, is not sent again."""
        there = self._there(files)
        small = [file for file in files if not self._limits.part_bytes(file.n_bytes)]
        large = [file for file in files if self._limits.part_bytes(file.n_bytes)]
        sent: dict[str, Sent] = {}
        for file, receipt in self._all(small, there):
            sent[file.path] = receipt
            report(len(sent), self.tally.n_bytes)
        for file in large:
            sent[file.path] = self._in_parts(file, there.get(file.path))
            self.tally.n_bytes += file.n_bytes
            report(len(sent), self.tally.n_bytes)
        return [sent[file.path] for file in files]

    def check(self, sent: Iterable[Sent], *, report: Callable[[int], None]) -> None:
        """See that every file lies there with its bytes: by size and ETag, or read back where that is no MD5.

        Raises JobFailed, which names the first that does not.
        """
        with told(self._to.url):
            there = {found.path: found for found in list_objects(self._to)}
        for n, one in enumerate(sent, start=1):
            found = there.get(one.path)
            if found is None or found.n_bytes != one.n_bytes:
                raise JobFailed(f"{self._to.below(one.path).url} is not there as it was sent. Resume the job.")
            if found.etag != one.etag:
                self.tally.n_read_back += 1
                if self._sha256_there(one.path) != one.sha256:
                    raise JobFailed(f"{self._to.below(one.path).url} holds other bytes than were sent.")
            report(n)

    def _there(self, files: Sequence[LocalFile]) -> dict[str, FoundObject]:
        """What lies at the files' places. Raises ExportRefused where that is something else, by its size."""
        sizes = {file.path: file.n_bytes for file in files}
        with told(self._to.url):
            there = {found.path: found for found in list_objects(self._to) if found.path in sizes}
        others = [path for path, found in there.items() if found.n_bytes != sizes[path]]
        if others:
            raise ExportRefused(
                f"{count(len(others), 'other object lies', 'other objects lie')} where files are to go, the first at "
                f"{self._to.below(others[0]).url}. Nothing is overwritten and nothing was written: name another prefix."
            )
        return there

    def _all(self, files: list[LocalFile], there: Mapping[str, FoundObject]) -> Iterator[tuple[LocalFile, Sent]]:
        """Files that go at once, a few at a time."""
        waiting: deque[tuple[LocalFile, Future[tuple[Sent, bool]]]] = deque()
        with ThreadPoolExecutor(self._at_once, thread_name_prefix="upload") as pool:
            try:
                for file in [*files, None]:
                    if file is not None:
                        waiting.append((file, pool.submit(self._at_one_go, file, there.get(file.path))))
                    while waiting and (file is None or len(waiting) > 4 * self._at_once):
                        first, future = waiting.popleft()
                        sent, is_new = future.result()
                        if is_new:
                            self._receipts.note_sent(first, sent)
                        self.tally.n_sent += is_new
                        self.tally.n_kept += not is_new
                        self.tally.n_bytes += first.n_bytes
                        yield first, sent
            finally:
                for _, future in waiting:
                    future.cancel()

    def _at_one_go(self, file: LocalFile, found: FoundObject | None) -> tuple[Sent, bool]:
        """The receipt of a small file, and whether it was sent now."""
        receipt = self._receipts.sent(file)
        if receipt is not None and found is not None and found.etag == receipt.etag:
            return receipt, False
        data = file.file.read_bytes()
        md5 = hashlib.md5(data, usedforsecurity=False)
        sent = Sent(file.path, len(data), hashlib.sha256(data).hexdigest(), md5.hexdigest())
        if found is not None:
            self._require_same(sent, found)
            return sent, False
        key = self._to.below(file.path)
        check = base64.b64encode(md5.digest()).decode()  # the store refuses what came to harm on the way
        self._unless_there(
            client().put_object,
            sent,
            Bucket=key.bucket,
            Key=key.key,
            Body=data,
            ContentMD5=check,
            Metadata={SHA256: sent.sha256},
        )
        return sent, True

    def _in_parts(self, file: LocalFile, found: FoundObject | None) -> Sent:
        """The receipt of a large file; parts that an earlier attempt brought are not sent again."""
        receipt = self._receipts.sent(file)
        if receipt is not None and found is not None and found.etag == receipt.etag:
            self.tally.n_kept += 1
            return receipt
        sha256, part_bytes = _sha256(file.file), self._limits.part_bytes(file.n_bytes)
        if found is not None:
            sent = Sent(file.path, file.n_bytes, sha256, _etag_of(file, part_bytes), part_bytes)
            self._require_same(sent, found)
            self.tally.n_kept += 1
            return sent
        begun, kept = self._begun(file.path, sha256=sha256, part_bytes=part_bytes)
        parts = self._parts(file, begun, kept)
        digests = b"".join(bytes.fromhex(md5) for md5, _ in parts)
        etag = f"{hashlib.md5(digests, usedforsecurity=False).hexdigest()}-{len(parts)}"
        sent = Sent(file.path, file.n_bytes, sha256, etag, begun.part_bytes)
        key = self._to.below(file.path)
        listed = [{"PartNumber": n, "ETag": said} for n, (_, said) in enumerate(parts, start=1)]
        self._unless_there(
            client().complete_multipart_upload,
            sent,
            Bucket=key.bucket,
            Key=key.key,
            UploadId=begun.upload_id,
            MultipartUpload={"Parts": listed},
        )
        self._receipts.note_sent(file, sent)
        self.tally.n_sent += 1
        return sent

    def _begun(self, path: str, *, sha256: str, part_bytes: int) -> tuple[Begun, dict[int, tuple[int, str]]]:
        """An upload in parts, and what the store holds of it: bytes and ETag by number."""
        key, begun = self._to.below(path), self._receipts.begun(path, sha256=sha256)
        if begun is not None:
            kept = self._held(key, begun.upload_id)
            if kept is not None:
                return begun, kept
        with told(key.url):
            made = client().create_multipart_upload(Bucket=key.bucket, Key=key.key, Metadata={SHA256: sha256})
        begun = Begun(path, sha256, made["UploadId"], part_bytes)
        self._receipts.note_begun(begun)
        return begun, {}

    def _held(self, key: Address, upload_id: str) -> dict[int, tuple[int, str]] | None:
        """The parts that the store holds; None where it knows the upload no more."""
        pages = client().get_paginator("list_parts").paginate(Bucket=key.bucket, Key=key.key, UploadId=upload_id)
        try:
            with told(key.url):
                parts = [part for page in pages for part in page.get("Parts", ())]
        except FileNotFoundError:
            return None
        return {part["PartNumber"]: (part["Size"], part["ETag"]) for part in parts}

    def _parts(self, file: LocalFile, begun: Begun, kept: dict[int, tuple[int, str]]) -> list[tuple[str, str]]:
        """MD5 and the store's ETag of each part, in order."""
        key = self._to.below(file.path)

        def send(number: int, first: int, n_bytes: int) -> tuple[str, str]:
            with file.file.open("rb") as opened:
                opened.seek(first)
                data = opened.read(n_bytes)
            md5 = hashlib.md5(data, usedforsecurity=False)
            size, etag = kept.get(number, (0, ""))
            if size == n_bytes and etag.strip('"') == md5.hexdigest():
                self.tally.n_parts_kept += 1
                return md5.hexdigest(), etag
            with told(key.url):
                answer = client().upload_part(
                    Bucket=key.bucket,
                    Key=key.key,
                    UploadId=begun.upload_id,
                    PartNumber=number,
                    Body=data,
                    ContentMD5=base64.b64encode(md5.digest()).decode(),
                )
            self.tally.n_parts += 1
            return md5.hexdigest(), str(answer["ETag"])

        with ThreadPoolExecutor(PARTS_AT_ONCE, thread_name_prefix="parts") as pool:
            every = enumerate(parts_of(file.n_bytes, part_bytes=begun.part_bytes), start=1)
            sending = [pool.submit(send, number, *part) for number, part in every]
            try:
                return [future.result() for future in sending]
            except BaseException:
                pool.shutdown(cancel_futures=True)
                raise

    def _unless_there(self, call: Callable[..., Any], sent: Sent, **arguments: Any) -> None:
        """Call the store so that it writes over nothing; what lies there by now may be the same."""
        from botocore.exceptions import BotoCoreError, ClientError

        url = self._to.below(sent.path).url
        try:
            try:
                call(**arguments, IfNoneMatch="*")
            except ClientError as error:
                if _code(error) not in _UNKNOWN:
                    raise
                call(**arguments)
        except (BotoCoreError, ClientError) as error:
            if _code(error) not in _TAKEN:
                raise _failed(error, url) from None
            with told(url):
                found = next((one for one in list_objects(self._to) if one.path == sent.path), None)
            if found is None:
                raise JobFailed(f"{url} was being written by another at the same time. Resume the job.") from None
            self._require_same(sent, found)

    def _require_same(self, sent: Sent, found: FoundObject) -> None:
        """Raise ExportRefused where another object lies in a file's place."""
        if found.n_bytes == sent.n_bytes and (found.etag == sent.etag or self._sha256_there(sent.path) == sent.sha256):
            return
        raise ExportRefused(
            f"{self._to.below(sent.path).url} is there already and holds something else. Nothing is overwritten: name "
            "another prefix."
        )

    def _sha256_there(self, path: str) -> str:
        key, digest = self._to.below(path), hashlib.sha256()
        with told(key.url):
            body = client().get_object(Bucket=key.bucket, Key=key.key)["Body"]
            for block in iter(lambda: body.read(_BLOCK), b""):
                digest.update(block)
        return digest.hexdigest()


@contextlib.contextmanager
def told(url: str) -> Iterator[None]:
    """A store's refusals as sentences: FileNotFoundError where there is no such thing, else JobFailed."""
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        yield
    except (BotoCoreError, ClientError) as error:
        raise _failed(error, url) from None
    except FileNotFoundError:
        raise
    except OSError as error:
        raise JobFailed(sentence(error)) from None


def _failed(error: Exception, url: str) -> Exception:
    meant = in_words(error, url)
    return meant if isinstance(meant, FileNotFoundError) else JobFailed(sentence(meant))


def _code(error: Exception) -> str:
    response = getattr(error, "response", None) or {}
    return str(response.get("Error", {}).get("Code", ""))


def _sha256(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def _etag_of(file: LocalFile, part_bytes: int) -> str:
    """The ETag of a file that was sent in parts of so many bytes."""
    digests = b""
    parts = parts_of(file.n_bytes, part_bytes=part_bytes)
    with file.file.open("rb") as opened:
        for _, n_bytes in parts:
            digests += hashlib.md5(opened.read(n_bytes), usedforsecurity=False).digest()
    return f"{hashlib.md5(digests, usedforsecurity=False).hexdigest()}-{len(parts)}"
