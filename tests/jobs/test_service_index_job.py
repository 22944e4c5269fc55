"""The job `service-index`: what it writes is what the service reads; people are blurred, notes are left out."""

import io

import numpy as np
import pytest
from PIL import Image

from jobs.engine.errors import ExportRefused
from jobs.engine.folder import job_folder
from jobs.engine.kinds import load_kind
from jobs.engine.worker import work_in
from service import layout
from service.folder_index import open_version
from store.privacy import switch_blur
from store.training import weights_file
from tests.support.detected_workspace import dataset_of, land_boxes
from tests.support.picture_workspace import NAMES, coloured
from tests.support.running import run_job
from tests.support.seen_workspace import land_network, patches
from tests.support.small_workspace import land_decision, land_these_vectors, new_dataset


def newest(folder) -> object:
    """The newest version of the one index in a folder, opened."""
    (version,) = layout.newest_versions(folder)
    return open_version(version)


def embedded(workspace, dataset, n: int) -> np.ndarray:
    """Vectors of the dataset's first n images, which land as an embedding's do; (n, 6)."""
    vectors = np.random.default_rng(5).normal(size=(n, 6)).astype(np.float32)
    land_these_vectors(
        workspace, dataset.id, workspace.read("images_to_embed", dataset_id=dataset.id).slice(0, n), vectors
    )
    return vectors


def test_what_is_written_is_what_the_workspace_holds(workspace, tmp_path) -> None:
    dataset = coloured(workspace, tmp_path / "pictures", splits=["train", "test", None] * 30)
    vectors = embedded(workspace, dataset, 80)
    land_decision(workspace, dataset.id, "002.png", "remove")
    figures = run_job(workspace, "service-index", "squares", folder=str(tmp_path / "index"))
    index = newest(tmp_path / "index")
    assert index.image_ids.tolist() == [n for n in range(1, 91) if n != 3]
    assert index.facts.classes == list(NAMES) and index.facts.n_vectors == len(index.vectors) == 79
    row = index.vector_of_row[index.row_of(10)]
    assert np.allclose(index.vectors[row], vectors[9] / np.linalg.norm(vectors[9]), atol=1e-6)
    assert index.images["split"][0].as_py() == "train" and index.images["label"][3].as_py() == 4 % 3
    assert figures.figures["n_images"] == 89 and figures.figures["version"] == "000001"
    shown = Image.open(io.BytesIO(index.pictures.thumbnail(0).content))
    assert shown.size == (32, 40) and index.pictures.picture(0) is None


def test_what_the_worker_was_given_is_cleared_away(workspace, tmp_path) -> None:
    dataset = coloured(workspace, tmp_path / "pictures")
    done = run_job(workspace, "service-index", dataset.name, folder=str(tmp_path / "index"))
    folder = job_folder(workspace.root, done.id)
    assert (folder.path / layout.VECTORS).exists()
    kind = load_kind("service-index")
    kind.code().finish(workspace, kind.job(folder.spec()))
    assert not {path.name for path in folder.path.iterdir()} & {layout.VECTORS, layout.IMAGES, "facts.json"}


def test_an_attempt_that_comes_after_a_whole_version_writes_no_second(workspace, tmp_path) -> None:
    dataset = coloured(workspace, tmp_path / "pictures")
    done = run_job(workspace, "service-index", dataset.name, folder=str(tmp_path / "index"))
    figures = load_kind("service-index").code().compute(work_in(job_folder(workspace.root, done.id)))
    assert (
        figures["version"] == "000001"
        and len(layout.complete_versions(layout.folder_of(tmp_path / "index", "squares"))) == 1
    )


def test_versions_follow_each_other_and_old_ones_go(workspace, tmp_path) -> None:
    coloured(workspace, tmp_path / "pictures")
    for _ in range(3):
        run_job(workspace, "service-index", "squares", folder=str(tmp_path / "index"))
    (folder,) = (tmp_path / "index").iterdir()
    assert sorted(path.name for path in folder.iterdir()) == ["000002", "000003"]
    index = newest(tmp_path / "index")
    assert index.facts.space is None and index.vectors.shape == (0, 0)


def test_pictures_are_drawn_too_where_they_are_asked_for(workspace, tmp_path) -> None:
    coloured(workspace, tmp_path / "pictures")
    run_job(workspace, "service-index", "squares", folder=str(tmp_path / "index"), picture_side=20)
    assert Image.open(io.BytesIO(newest(tmp_path / "index").pictures.picture(5).content)).size == (16, 20)


def test_a_picture_s_notes_are_left_out_and_one_that_is_gone_takes_no_bytes(workspace, tmp_path) -> None:
    dataset = coloured(workspace, tmp_path / "pictures")
    noted = Image.open(tmp_path / "pictures" / "000.png")
    exif = Image.Exif()
    exif[0x8825] = {1: "N", 2: (52.0, 30.0, 0.0)}
    noted.save(tmp_path / "pictures" / "000.png", exif=exif, pnginfo=None)
    (tmp_path / "pictures" / "001.png").unlink()
    run_job(workspace, "service-index", dataset.name, folder=str(tmp_path / "index"))
    pictures = newest(tmp_path / "index").pictures
    assert not Image.open(io.BytesIO(pictures.thumbnail(0).content)).getexif()
    assert pictures.thumbnail(1) is None and pictures.thumbnail(2) is not None


@pytest.mark.long
def test_the_network_is_written_as_onnx_from_its_weights(workspace, tmp_path) -> None:
    dataset = patches(workspace, tmp_path / "pictures")
    run_id = land_network(workspace, dataset)
    assert weights_file(workspace, run_id).is_file()
    run_job(workspace, "service-index", dataset.name, folder=str(tmp_path / "index"))
    index = newest(tmp_path / "index")
    assert index.facts.network.run_id == run_id and index.facts.network.side == 64
    from models.onnx_classifier import OnnxClassifier

    network = OnnxClassifier(index.onnx, side=64, n_classes=3)
    pixels = np.stack([np.asarray(Image.open(tmp_path / "pictures" / f"{n:02}.png")) for n in range(6)])
    assert network.logits(pixels).argmax(axis=1).tolist() == [n % 3 for n in range(6)]


@pytest.mark.long
def test_people_are_blurred_and_who_was_not_looked_at_is_blurred_whole(workspace, tmp_path) -> None:
    folder = tmp_path / "pictures"
    folder.mkdir()
    fine = (np.indices((64, 64)).sum(axis=0) % 2 * 255).astype(np.uint8)  # a checkerboard of single pixels
    for name in ("a", "b"):
        Image.fromarray(np.stack([fine] * 3, axis=-1)).save(folder / f"{name}.png")
    dataset = dataset_of(workspace, folder)
    land_boxes(workspace, dataset, {"a.png": [(0, 0.9, 0, 0, 32, 64), (1, 0.8, 40, 0, 60, 20)]})
    switch_blur(workspace, dataset.id, blurs=True, who="me")
    run_job(workspace, "service-index", dataset.name, folder=str(tmp_path / "index"))
    index = newest(tmp_path / "index")
    first, second = (
        np.asarray(Image.open(io.BytesIO(index.pictures.thumbnail(row).content)).convert("L")) for row in (0, 1)
    )
    assert first[8:56, 2:30].std() < 20 < first[8:56, 38:62].std() and second[8:56, 8:56].std() < 20
    assert index.facts.people_blurred and index.objects_of(1)["class_name"].to_pylist() == ["person", "car"]


def test_a_dataset_without_pictures_is_refused(workspace, tmp_path) -> None:
    dataset = new_dataset(workspace)
    with pytest.raises(ExportRefused, match="no picture"):
        run_job(workspace, "service-index", dataset.name, folder=str(tmp_path / "index"))
