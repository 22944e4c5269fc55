"""Images: searched by what they are, one with all that is known, its pixels, the objects in it."""

import hashlib
from collections.abc import Callable
from typing import Annotated, Any

import numpy as np
from fastapi import APIRouter, Query, Request, Response
from starlette.concurrency import run_in_threadpool

from service.dataset_index import DatasetIndex, PictureFile
from service.filters import Asked, Filters, labels_of, matching
from service.problems import Problem, Told, responses
from service.schemas import DetectedObject, ImageInfo, ImagePage, Measures, ObjectList
from service.serving import ImageId, Serving, depends, row_of

MOST_ROWS = 1_000
_KEEP = {"Cache-Control": "private, no-cache"}  # kept, and asked about each time: a rule of privacy may change
_JPEG: Told = {
    200: {"content": {"image/jpeg": {"schema": {"type": "string", "format": "binary"}}}},
    304: {"description": "As you have it"},
}


def router(serving: Serving) -> APIRouter:
    """The addresses."""
    _, asked = depends(serving)
    routes = APIRouter(tags=["images"])
    address = "/datasets/{dataset}/images/{image_id}"

    @routes.get(
        "/datasets/{dataset}/images", summary="Images by class, split, licence, quality", responses=responses(404)
    )
    async def search(
        filters: Asked,
        index: DatasetIndex = asked,
        limit: Annotated[int, Query(ge=1, le=MOST_ROWS)] = 100,
        after: Annotated[int, Query(ge=0, le=2**63 - 1, description="`next` of the page before")] = 0,
    ) -> ImagePage:
        return await run_in_threadpool(page_of, index, filters, limit=limit, after=after)

    @routes.get(address, summary="All that is known of an image", responses=responses(404))
    async def image(image_id: ImageId, index: DatasetIndex = asked) -> ImageInfo:
        return image_infos(index, np.array([row_of(index, image_id)]))[0]

    @routes.get(
        f"{address}/thumbnail",
        summary="The image made small",
        response_class=Response,
        responses={**responses(404), **_JPEG},
    )
    async def thumbnail(request: Request, image_id: ImageId, index: DatasetIndex = asked) -> Response:
        return await _pixels(request, index.pictures.thumbnail, index, image_id)

    @routes.get(
        f"{address}/picture",
        summary="The image, as large as there is one",
        response_class=Response,
        responses={**responses(404), **_JPEG},
    )
    async def picture(request: Request, image_id: ImageId, index: DatasetIndex = asked) -> Response:
        return await _pixels(request, index.pictures.picture, index, image_id)

    @routes.get(f"{address}/detections", summary="The objects in an image", responses=responses(404, 409))
    async def detections(image_id: ImageId, index: DatasetIndex = asked) -> ObjectList:
        row_of(index, image_id)
        run = index.facts.detection
        if run is None:
            raise Problem(409, "no-detections", f"Nobody has looked for objects in {index.facts.dataset}.")
        rows = index.objects_of(image_id).to_pylist()
        objects = [
            DetectedObject(
                name=row["class_name"], score=row["score"], box=[row[side] for side in ("x1", "y1", "x2", "y2")]
            )
            for row in rows
        ]
        return ObjectList(objects=objects, detection_run=run.run_id, model=run.model)

    return routes


def page_of(index: DatasetIndex, filters: Filters, *, limit: int, after: int) -> ImagePage:
    """The images that fit, by id, from behind `after` on."""
    fits = matching(index, filters)
    rows = np.arange(index.images.num_rows) if fits is None else np.flatnonzero(fits)
    later = rows[np.searchsorted(index.image_ids[rows], after, side="right") :]
    shown = later[:limit]
    is_last = len(later) <= limit
    return ImagePage(
        images=image_infos(index, shown),
        n_matching=len(rows),
        next=None if is_last else int(index.image_ids[shown[-1]]),
    )


def image_infos(index: DatasetIndex, rows: np.ndarray) -> list[ImageInfo]:
    """All that is known of some images, in their order."""
    return [
        ImageInfo(
            id=row["image_id"],
            labels=labels_of(index, row),
            quality=Measures(**{name: _number(row[name]) for name in Measures.model_fields}),
            has_vector=bool(index.vector_of_row[number] >= 0),
            **{name: row[name] for name in _AS_THEY_ARE},
        )
        for number, row in zip(rows.tolist(), index.images.take(rows).to_pylist(), strict=True)
    ]


_AS_THEY_ARE = ("path", "split", "licence", "source_url", "width", "height", "bytes", "format", "sha256")


def _number(value: Any) -> float:
    return float(value) if np.isfinite(value) else 0.0


async def _pixels(
    request: Request, read: Callable[[int], PictureFile | None], index: DatasetIndex, image_id: int
) -> Response:
    file = await run_in_threadpool(read, row_of(index, image_id))
    if file is None:
        raise Problem(404, "no-pixels", f"There are no pixels of image {image_id} here.")
    etag = f'"{hashlib.sha256(file.content).hexdigest()[:32]}"'
    headers = {**_KEEP, "ETag": etag}
    if request.headers.get("if-none-match") == etag:
        return Response(status_code=304, headers=headers)
    return Response(file.content, media_type=file.media_type, headers=headers)
