"""A trainer that is killed outright goes on from its last epoch, to the same weights as one that nothing disturbed."""

import time

import pytest
import torch

from jobs.engine.folder import job_folder
from jobs.engine.spec import DONE, ENDED, INTERRUPTED, RUNNING
from jobs.engine.supervisor import Supervisor
from store.training import list_training_runs, read_epochs
from tests.support.picture_workspace import SMALL, coloured

pytestmark = [pytest.mark.faults, pytest.mark.timeout(400)]


def until(supervisor: Supervisor, job_id: str, reached) -> None:
    """Do the owner's part until `reached()`; fails after three minutes."""
    deadline = time.monotonic() + 180
    while not reached():
        supervisor.tick()
        assert time.monotonic() < deadline, supervisor.log_of(job_id)
        time.sleep(0.05)


def test_a_killed_trainer_goes_on_to_the_same_weights(workspace, tmp_path) -> None:
    squares = coloured(workspace, tmp_path / "pictures")
    supervisor = Supervisor(workspace)
    order = {**SMALL, "epochs": 4, "patience": 0}
    killed = supervisor.start("train", dataset=squares.name, parameters=order, trusted=True)
    until(supervisor, killed, lambda: len(supervisor.curve(killed).get("epochs", [])) >= 2)
    assert supervisor.job(killed).state == RUNNING
    job_folder(workspace.root, killed).worker().kill()
    until(supervisor, killed, lambda: supervisor.job(killed).state in ENDED)
    assert supervisor.job(killed).state == INTERRUPTED
    began = len(supervisor.curve(killed)["epochs"])
    supervisor.resume(killed)
    until(supervisor, killed, lambda: supervisor.job(killed).state in ENDED)
    assert supervisor.job(killed).state == DONE and began < 4
    whole = supervisor.start("train", dataset=squares.name, parameters=order, trusted=True)
    until(supervisor, whole, lambda: supervisor.job(whole).state in ENDED)
    runs = list_training_runs(workspace, squares.id)
    assert [epoch.epoch for epoch in read_epochs(workspace, run_id=runs[1].run_id)] == [1, 2, 3, 4]
    one, other = (
        torch.load(workspace.root / "models" / f"run-{run.run_id}" / "best.pt", weights_only=True) for run in runs
    )
    assert all(torch.equal(one[name], other[name]) for name in one)
