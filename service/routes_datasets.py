"""The datasets, what can be asked of each, and their classes."""

import numpy as np
from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool

from service.dataset_index import DatasetIndex
from service.filters import carries
from service.gate import Caller
from service.problems import Problem, responses
from service.schemas import ClassInfo, ClassList, DatasetInfo, DatasetList, NetworkInfo, SpaceInfo
from service.serving import Serving, depends, slug_of


def router(serving: Serving) -> APIRouter:
    """The addresses."""
    who, asked = depends(serving)
    routes = APIRouter(tags=["datasets"])

    @routes.get("/datasets", summary="The datasets that the caller may see", responses=responses())
    async def datasets(caller: Caller = who) -> DatasetList:
        return await run_in_threadpool(_listed, serving, caller)

    @routes.get("/datasets/{dataset}", summary="A dataset, and what can be asked of it", responses=responses(404))
    async def dataset(index: DatasetIndex = asked) -> DatasetInfo:
        return dataset_info(index)

    @routes.get("/datasets/{dataset}/classes", summary="Its classes", responses=responses(404))
    async def classes(index: DatasetIndex = asked) -> ClassList:
        named = enumerate(index.facts.classes)
        return ClassList(
            classes=[
                ClassInfo(index=number, name=name, n_images=int(np.count_nonzero(carries(index, number))))
                for number, name in named
            ]
        )

    return routes


def dataset_info(index: DatasetIndex) -> DatasetInfo:
    """What is told of a dataset."""
    facts = index.facts
    space = None if facts.space is None else SpaceInfo.model_validate(facts.space.model_dump())
    return DatasetInfo(
        name=facts.dataset,
        slug=slug_of(facts.dataset),
        n_images=index.images.num_rows,
        n_vectors=int(np.count_nonzero(index.vector_of_row >= 0)),
        n_classes=len(facts.classes),
        task=facts.task,
        licence=facts.licence,
        space=space,
        search=index.search.method,
        network=network_info(index),
        detection_run=None if facts.detection is None else facts.detection.run_id,
        people_blurred=facts.people_blurred,
        version=index.version,
        made_at=index.made_at,
    )


def network_info(index: DatasetIndex) -> NetworkInfo | None:
    """What is told of the network that classifies, or None."""
    facts = index.facts.network
    if facts is None:
        return None
    return NetworkInfo(run=facts.run_id, model=facts.model, score=facts.score, several=facts.several)


def _listed(serving: Serving, caller: Caller) -> DatasetList:
    found = []
    for name in serving.catalogue.names():
        if not caller.may_see(name):
            continue
        try:
            index = serving.catalogue.find(name)
        except Problem as problem:
            if problem.status_code != 503:
                raise
            index = None  # it is still being built, and will be there
        if index is not None:
            found.append(dataset_info(index))
    return DatasetList(datasets=found)
