"""Collections for tests: done in this process against imitations of the sources, and imported."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import pytest

from jobs.engine.folder import job_folder
from jobs.engine.kinds import Job, load_kind
from jobs.engine.spec import JobView
from store.collected import Ask
from store.connection import Workspace
from tests.support.api_server import ApiServer, api_server
from tests.support.running import run_job


@contextmanager
def imitations(monkeypatch: pytest.MonkeyPatch) -> Iterator[ApiServer]:
    """Imitations of all sources, which this process asks in their place."""
    with api_server() as server:
        for name, value in server.environment.items():
            monkeypatch.setenv(name, value)
        yield server


def collect(workspace: Workspace, dataset: str = "animals", /, **parameters: object) -> JobView:
    """A collection, and the import that follows it."""
    view = run_job(workspace, "collect", dataset, **parameters)
    kind = load_kind("collect")
    order = kind.code().then(workspace, of_view(workspace, view))
    if order is not None:
        run_job(workspace, order.kind, dataset, **order.parameters)
    return view


def of_view(workspace: Workspace, view: JobView) -> Job:
    """A job as its kind sees it."""
    return load_kind(view.kind).job(job_folder(workspace.root, view.id).spec())


def adds_up(asks: Sequence[Ask]) -> bool:
    """Whether found = kept + duplicate + refused + failed + left, for each question."""
    return all(ask.n_found == ask.n_kept + ask.n_duplicate + ask.n_refused + ask.n_failed + ask.n_left for ask in asks)
