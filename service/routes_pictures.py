"""What is said of a picture that is sent: its class, and whether it is in the dataset already. It is not kept."""

from dataclasses import dataclass
from typing import Annotated

import numpy as np
from fastapi import APIRouter, Query

from service.dataset_index import HAMMING_BITS, MAX_BITS, MIN_COSINE, DatasetIndex
from service.filters import labels_of
from service.problems import Problem, responses
from service.routes_datasets import network_info
from service.routes_similar import direction
from service.schemas import Classification, ClassShare, Copy, CopyList
from service.serving import Sent, Serving, depends

MOST = 100
_RANK = {"file": 0, "pixels": 1, "hash": 2, "cosine": 3}


def router(serving: Serving) -> APIRouter:
    """The addresses."""
    _, asked = depends(serving)
    routes = APIRouter(tags=["pictures"])

    @routes.post(
        "/datasets/{dataset}/classify",
        summary="A picture's class, by the best trained network",
        responses=responses(404, 409, 413),
    )
    async def classify(
        picture: Sent, index: DatasetIndex = asked, limit: Annotated[int, Query(ge=1, le=1000)] = 10
    ) -> Classification:
        network = index.facts.network
        told = network_info(index)
        if network is None or told is None:
            raise Problem(
                409, "no-network", f"No network has been trained on {index.facts.dataset}, or it is not here."
            )
        content = await serving.sent_picture(picture)
        shares = await serving.of_picture(serving.reader.classify, index, content)
        order = np.argsort(-shares, kind="stable")[:limit]
        named = [
            ClassShare(index=number, name=network.classes[number], probability=float(shares[number]))
            for number in order.tolist()
        ]
        return Classification(classes=named, network=told)

    @routes.post(
        "/datasets/{dataset}/duplicates",
        summary="Whether a picture is in the dataset already",
        responses=responses(404, 413),
    )
    async def duplicates(
        picture: Sent,
        index: DatasetIndex = asked,
        min_cosine: Annotated[float, Query(gt=0, le=1, allow_inf_nan=False)] = MIN_COSINE,
        max_bits: Annotated[int, Query(ge=0, le=MAX_BITS, description="of 64 of the perceptual hash")] = HAMMING_BITS,
        limit: Annotated[int, Query(ge=1, le=MOST)] = 20,
    ) -> CopyList:
        content = await serving.sent_picture(picture)
        found = _Found()
        mark = await serving.of_picture(lambda _, file: serving.reader.fingerprint(file), index, content)
        for column, because in (("sha256", "file"), ("pixel_sha256", "pixels")):
            for row in index.same_bytes(column, getattr(mark, column)):
                found.add(row, because)
        rows, bits = index.near_hashes(mark.phash, max_bits=max_bits)
        for row, n_bits in zip(rows[:MOST].tolist(), bits[:MOST].tolist(), strict=True):
            found.add(row, "hash", bits=n_bits)
        if index.facts.space is not None and len(index.vectors):
            await _by_cosine(serving, index, content, found, min_cosine=min_cosine)
        return found.told(index, limit=limit)

    return routes


@dataclass
class _Likeness:
    because: str
    bits: int | None = None
    cosine: float | None = None


class _Found(dict[int, _Likeness]):
    """What was found of each row; the first reason stands."""

    def add(self, row: int, because: str, *, bits: int | None = None, cosine: float | None = None) -> None:
        known = self.setdefault(row, _Likeness(because))
        known.bits = bits if known.bits is None else known.bits
        known.cosine = cosine if known.cosine is None else known.cosine

    def told(self, index: DatasetIndex, *, limit: int) -> CopyList:
        """The likest first."""
        order = sorted(self.items(), key=lambda pair: (_RANK[pair[1].because], -(pair[1].cosine or 0), pair[0]))[:limit]
        rows = index.images.take(np.array([row for row, _ in order], np.int64)).to_pylist()
        copies = [
            Copy(
                id=row["image_id"],
                because=like.because,
                bits=like.bits,
                cosine=like.cosine,
                path=row["path"],
                labels=labels_of(index, row),
                split=row["split"],
            )
            for (_, like), row in zip(order, rows, strict=True)
        ]
        return CopyList(is_in=bool(copies), copies=copies)


async def _by_cosine(
    serving: Serving, index: DatasetIndex, content: bytes, found: _Found, *, min_cosine: float
) -> None:
    """Add what is near by the vectors; where the model is not at hand the hashes have to do."""
    try:
        vector = direction(await serving.of_picture(serving.reader.picture, index, content))
    except Problem as problem:
        if problem.status_code != 503:
            raise
        return
    hits = await serving.nearest(index, vector, k=MOST, mask=index.is_kept)
    for place, cosine in zip(index.rows_of_vectors[hits.rows].tolist(), hits.cosines.tolist(), strict=True):
        if cosine >= min_cosine or place in found:
            found.add(place, "cosine", cosine=cosine)
