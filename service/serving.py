"""What the service's addresses have in common: who asks, which dataset, a picture that was sent, a search."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Annotated, Any, TypeVar

from fastapi import Depends, File, Path, Request, UploadFile
from starlette.concurrency import run_in_threadpool

from service import layout
from service.catalogue import Catalogue
from service.dataset_index import DatasetIndex
from service.gate import Caller, Gate
from service.limits import Limits, Rates
from service.metrics import Metrics
from service.problems import Problem, no_dataset
from service.reader import Reader, require_picture
from service.search import Floats, Hits, Mask, Query

T = TypeVar("T")
ImageId = Annotated[int, Path(ge=1, le=2**63 - 1, description="an image's number", examples=[17])]
DatasetName = Annotated[str, Path(max_length=500, description="a dataset's name or slug", examples=["animals"])]
Sent = Annotated[UploadFile, File(description="a picture: JPEG, PNG, GIF, BMP, WebP, TIFF, PPM, JPEG 2000 or AVIF")]


@dataclass(eq=False)
class Serving:
    """A service's parts, and what its addresses share."""

    catalogue: Catalogue
    reader: Reader
    gate: Gate
    limits: Limits
    metrics: Metrics
    version: str
    rates: Rates = field(init=False)
    _decoding: asyncio.Semaphore = field(init=False)

    def __post_init__(self) -> None:
        self.rates = Rates(rate=self.limits.rate, burst=self.limits.burst)
        self._decoding = asyncio.Semaphore(self.limits.decoding)

    async def caller(self, request: Request) -> Caller:
        """Whoever asks, let in and counted; raises Problem 401 and 429."""
        who = await self.gate(request)
        if who.limited:
            self.rates.take(who.id)
        return who

    async def index(self, dataset: str, who: Caller) -> DatasetIndex:
        """The index of a dataset that the caller may see; raises Problem 404, and 503 while it is being built."""
        if self.catalogue.waits:
            return await run_in_threadpool(self._index, dataset, who)
        return self._index(dataset, who)

    def _index(self, dataset: str, who: Caller) -> DatasetIndex:
        names = self.catalogue.names()
        name = dataset if dataset in names else next((name for name in names if slug_of(name) == dataset), None)
        index = None if name is None or not who.may_see(name) else self.catalogue.find(name)
        if index is None:
            raise no_dataset(dataset)
        return index

    async def sent_picture(self, picture: UploadFile) -> bytes:
        """The bytes of a picture that was sent, looked at from outside; raises Problem 413 and 422."""
        content = await picture.read()
        if not content:
            raise Problem(422, "bad-picture", "An empty file was sent where a picture is taken.")
        if len(content) > self.limits.upload_bytes:
            detail = f"The picture has {len(content):,} bytes; {self.limits.upload_bytes:,} are the most that is taken."
            raise Problem(413, "too-many-bytes", detail)
        require_picture(content, max_pixels=self.limits.pixels)
        return content

    async def of_picture(self, work: Callable[[DatasetIndex, bytes], T], index: DatasetIndex, content: bytes) -> T:
        """What a model says of a picture; so many at a time as may be decoded."""
        async with self._decoding:
            try:
                out = await run_in_threadpool(work, index, content)
            except Problem:
                self.metrics.pictures.labels("refused").inc()
                raise
        self.metrics.pictures.labels("read").inc()
        return out

    async def nearest(self, index: DatasetIndex, vector: Floats, *, k: int, mask: Mask | None) -> Hits:
        """The nearest images of a vector of length one; together with what others ask for just now."""
        began = time.perf_counter()
        hits = await asyncio.wrap_future(index.batches.ask(Query(vector, k, mask)))
        self.metrics.search_seconds.observe(time.perf_counter() - began)
        return hits


def slug_of(dataset: str) -> str:
    """What stands for a dataset's name in addresses."""
    return layout.slug_of(dataset)


def row_of(index: DatasetIndex, image_id: int) -> int:
    """The row of an image; raises Problem 404."""
    row = index.row_of(image_id)
    if row is None:
        raise Problem(404, "no-such-image", f"{index.facts.dataset} has no image {image_id}.")
    return row


def require_space(index: DatasetIndex) -> int:
    """How many numbers a vector has; raises Problem 409 for a dataset without vectors."""
    if index.facts.space is None or not len(index.vectors):
        raise Problem(409, "no-vectors", f"{index.facts.dataset} has no vectors: embed its pictures first.")
    return index.facts.space.dim


def depends(serving: Serving) -> tuple[Any, Any]:
    """The dependencies of an address: whoever asks; the index that they ask about."""

    async def who(request: Request) -> Caller:
        return await serving.caller(request)

    async def index(dataset: DatasetName, caller: Annotated[Caller, Depends(who)]) -> DatasetIndex:
        return await serving.index(dataset, caller)

    return Depends(who), Depends(index)
