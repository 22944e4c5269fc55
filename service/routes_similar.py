"""What is like an image, a picture that is sent, a vector, or words."""

from typing import Annotated

import numpy as np
from fastapi import APIRouter, Query
from starlette.concurrency import run_in_threadpool

from service.dataset_index import DatasetIndex, unit
from service.filters import Asked, Filters, labels_of, matching
from service.problems import Problem, responses
from service.schemas import Neighbour, NeighbourList, VectorQuery
from service.search import Floats, Hits, Whole, best
from service.serving import ImageId, Sent, Serving, depends, require_space, row_of

MOST = 100
Limit = Annotated[int, Query(ge=1, le=MOST, description="how many, at most")]
_SHOWN = ("image_id", "path", "label", "labels", "split")


def router(serving: Serving) -> APIRouter:
    """The addresses."""
    _, asked = depends(serving)
    routes = APIRouter(tags=["similar"])

    @routes.get(
        "/datasets/{dataset}/images/{image_id}/similar",
        summary="Images like one of the dataset",
        responses=responses(404, 409),
    )
    async def by_id(image_id: ImageId, filters: Asked, index: DatasetIndex = asked, limit: Limit = 10) -> NeighbourList:
        require_space(index)
        own = int(index.vector_of_row[row_of(index, image_id)])
        if own < 0:
            raise Problem(409, "no-vector", f"Image {image_id} has no vector, so nothing is known to be like it.")
        mask = index.vector_mask(matching(index, filters))
        hits = await serving.nearest(index, np.asarray(index.vectors[own]), k=limit + 1, mask=mask)
        others = hits.rows != own
        return neighbours(index, Hits(hits.rows[others][:limit], hits.cosines[others][:limit]))

    @routes.post(
        "/datasets/{dataset}/similar/picture",
        summary="Images like a picture that is sent",
        responses=responses(404, 409, 413),
    )
    async def by_picture(
        picture: Sent, filters: Asked, index: DatasetIndex = asked, limit: Limit = 10
    ) -> NeighbourList:
        require_space(index)
        mask = index.vector_mask(matching(index, filters))
        content = await serving.sent_picture(picture)
        vector = direction(await serving.of_picture(serving.reader.picture, index, content))
        return neighbours(index, await serving.nearest(index, vector, k=limit, mask=mask))

    @routes.post(
        "/datasets/{dataset}/similar/vector",
        summary="Images like a vector of the dataset's embedding",
        responses=responses(404, 409),
    )
    async def by_vector(query: VectorQuery, index: DatasetIndex = asked) -> NeighbourList:
        dim = require_space(index)
        if len(query.vector) != dim:
            raise Problem(
                422, "other-length", f"A vector of this embedding has {dim} numbers, and this one {len(query.vector)}."
            )
        filters = Filters(class_name=query.class_, split=query.split, licence=query.licence)
        mask = index.vector_mask(matching(index, filters))
        vector = direction(np.array(query.vector, np.float64))
        return neighbours(index, await serving.nearest(index, vector, k=query.limit, mask=mask))

    @routes.get(
        "/datasets/{dataset}/similar/words",
        summary="Images like words, by CLIP or ConSE",
        responses=responses(404, 409),
    )
    async def by_words(
        text: Annotated[str, Query(min_length=1, max_length=500, examples=["a cheetah in the grass"])],
        filters: Asked,
        index: DatasetIndex = asked,
        limit: Limit = 10,
    ) -> NeighbourList:
        require_space(index)
        assert index.facts.space is not None
        if not index.facts.space.words:
            model = index.facts.space.model
            raise Problem(409, "no-words", f"{model} knows pictures but no words, so words find nothing here.")
        if not text.strip():
            raise Problem(422, "no-text", "There is no word in the text.")
        mask = index.vector_mask(matching(index, filters))
        cosines = await run_in_threadpool(serving.reader.words, index, text.strip())
        return neighbours(index, best(cosines, k=limit, mask=mask))

    return routes


def direction(vector: np.ndarray) -> Floats:
    """(d,) float32 of length one; raises Problem 422 for a vector without a direction."""
    largest = np.abs(vector).max(initial=0.0)
    scaled = vector / largest if np.isfinite(largest) and largest > 0 else vector  # squares of huge numbers overflow
    out, usable = unit(np.asarray(scaled, np.float32)[None])
    if not usable[0]:
        raise Problem(422, "no-direction", "The vector is zero, so it points nowhere and is like nothing.")
    first: Floats = out[0]
    return first


def neighbours(index: DatasetIndex, hits: Hits) -> NeighbourList:
    """The images of some vectors, in their order."""
    rows: Whole = index.rows_of_vectors[hits.rows]
    shown = index.images.select(_SHOWN).take(rows).to_pylist()
    return NeighbourList(
        neighbours=[
            Neighbour(
                id=row["image_id"],
                cosine=cosine,
                path=row["path"],
                labels=labels_of(index, row),
                split=row["split"],
            )
            for row, cosine in zip(shown, hits.cosines.tolist(), strict=True)
        ],
        method=index.search.method,
        version=index.version,
    )
