"""The embedding job from its order to its figures."""

import pytest

from jobs.engine.spec import DONE
from store.vectors import list_spaces
from tests.support.detected_workspace import dataset_of, picture_folder
from tests.support.running import run_job


@pytest.mark.long
def test_figures_are_of_the_rows_that_landed(workspace, tmp_path) -> None:
    pictures = picture_folder(tmp_path / "pictures", {f"{i}.png": (40, 30) for i in range(4)})
    street = dataset_of(workspace, pictures)
    (pictures / "2.png").write_bytes(b"no picture any more")
    job = run_job(workspace, "embed", street.name)
    assert job.state == DONE
    assert (job.figures["n_embedded"], job.figures["n_failed"], job.figures["n_vectors"]) == (3, 1, 3)
    (space,) = list_spaces(workspace, street.id)
    assert space.name == job.figures["space"] == "efficientnet-lite0" and space.dim == 1280
