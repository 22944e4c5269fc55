"""Masks from boxes by Segment Anything: the package's own network, made small, with random weights."""

import importlib.util

import numpy as np
import pytest
from PIL import Image

from analytics.mask_overlay import decode
from jobs.engine.errors import UnknownParameter
from jobs.engine.supervisor import Supervisor
from models.detector_catalogue import list_detectors, parse_detector
from models.errors import PackageMissing, UnknownModel, WeightsMismatch, WeightsRefused
from models.sam import Sam
from store.detections import detected_classes, list_detection_runs, object_rows
from tests.support.detected_workspace import dataset_of, land_boxes
from tests.support.running import run_job

needs_sam = pytest.mark.skipif(
    importlib.util.find_spec("segment_anything") is None, reason="segment-anything is not installed"
)


def small_network():
    import torch
    from segment_anything.build_sam import _build_sam

    torch.manual_seed(7)
    return _build_sam(encoder_embed_dim=16, encoder_depth=2, encoder_num_heads=2, encoder_global_attn_indexes=[1])


@pytest.fixture
def weights(tmp_path, monkeypatch):
    import segment_anything
    import torch

    monkeypatch.setitem(segment_anything.sam_model_registry, "vit_b", lambda checkpoint=None: small_network())
    path = tmp_path / "sam.pth"
    torch.save(small_network().state_dict(), path)
    return path


@pytest.fixture
def street(workspace, tmp_path):
    """Three pictures of 60 x 40; in a.png two objects, in b.png one, in c.png none."""
    folder = tmp_path / "p"
    folder.mkdir()
    rng = np.random.default_rng(5)
    for name in ("a.png", "b.png", "c.png"):
        Image.fromarray(rng.integers(0, 256, (40, 60, 3), np.uint8)).save(folder / name)
    dataset = dataset_of(workspace, folder)
    found = {"a.png": [(0, 0.9, 2, 3, 30, 38), (1, 0.4, 20, 0, 60, 20)], "b.png": [(1, 0.7, 0, 0, 60, 40)], "c.png": []}
    land_boxes(workspace, dataset, {name: rows for name, rows in found.items() if rows})
    return dataset


@needs_sam
@pytest.mark.long
def test_masks_are_those_of_the_packages_own_predictor(weights) -> None:
    import torch
    from segment_anything import SamPredictor

    pixels = np.random.default_rng(1).integers(0, 256, (40, 60, 3), np.uint8)
    boxes = np.array([[2.0, 3, 30, 38], [20, 0, 60, 20]])
    sam = Sam("vit_b", weights=str(weights), device="cpu", allow_download=False)
    found = sam.masks(pixels, boxes, width=60, height=40)
    twin = SamPredictor(small_network().eval())
    twin.set_image(pixels)
    for mask, box in zip(found, boxes, strict=True):
        with torch.no_grad():
            expected, _, _ = twin.predict(box=box, multimask_output=False)
        assert np.array_equal(mask, expected[0])
    assert 0 < found.mean() < 1
    assert sam.masks(pixels, np.empty((0, 4)), width=60, height=40).shape == (0, 40, 60)


@needs_sam
@pytest.mark.long
def test_boxes_of_a_reduced_picture_are_in_the_originals_pixels(weights) -> None:
    pixels = np.random.default_rng(2).integers(0, 256, (40, 60, 3), np.uint8)
    sam = Sam("vit_b", weights=str(weights), device="cpu", allow_download=False)
    small = sam.masks(pixels, np.array([[2.0, 3, 30, 38]]), width=60, height=40)
    large = sam.masks(pixels, np.array([[6.0, 9, 90, 114]]), width=180, height=120)
    assert large.shape == (1, 120, 180)
    assert np.array_equal(large[:, 1::3, 1::3], small)


@needs_sam
@pytest.mark.long
def test_a_detection_gets_outlines_and_their_areas_and_is_otherwise_the_same(workspace, street, weights) -> None:
    before = list_detection_runs(workspace, street.id)[0]
    job = run_job(workspace, "detect", street.name, model="sam/vit_b", weights=str(weights), boxes_run=before.run_id)
    run = list_detection_runs(workspace, street.id)[0]
    assert (run.model, job.figures["n_objects"], job.figures["n_masks"]) == ("sam/vit_b", 3, 3)
    assert (job.figures["n_looked_at"], job.figures["n_with_objects"]) == (3, 2)
    assert detected_classes(workspace, run.run_id) == {0: "person", 1: "car"}
    was, now = (object_rows(workspace, street.id, run_id=each.run_id, score=0).to_pylist() for each in (before, run))
    same = ("path", "class_name", "score", "x1", "y1", "x2", "y2")
    assert [[row[name] for name in same] for row in was] == [[row[name] for name in same] for row in now]
    for row in now:
        assert row["area"] == decode(row["mask"], width=60, height=40).sum()
    assert run.parameters["score_floor"] == before.parameters["score_floor"]


@needs_sam
def test_orders_that_cannot_be_met_are_refused_in_words(workspace, street, weights, tmp_path) -> None:
    import torch

    supervisor = Supervisor(workspace)
    for asked in (0, 99):
        with pytest.raises(UnknownParameter, match=r"name it with --boxes-run \(finished: \d+\), not "):
            supervisor.start("detect", dataset=street.name, parameters={"model": "sam/vit_b", "boxes_run": asked})
    with pytest.raises(UnknownModel, match="sam/vit_b, sam/vit_l, sam/vit_h"):
        parse_detector("sam/huge")
    other = tmp_path / "other.pth"
    torch.save(torch.nn.Linear(2, 2).state_dict(), other)
    with pytest.raises(WeightsMismatch, match=r"other.pth does not fit sam/vit_b: it lacks"):
        Sam("vit_b", weights=str(other), device="cpu", allow_download=False)
    other.write_bytes(weights.read_bytes()[:1000])
    with pytest.raises(WeightsRefused, match="other.pth"):
        Sam("vit_b", weights=str(other), device="cpu", allow_download=False)


def test_without_the_package_it_is_one_sentence_with_the_command(monkeypatch) -> None:
    find = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "segment_anything" else find(name))
    with pytest.raises(PackageMissing, match="Get it with: pip install segment-anything"):
        Sam("vit_b", weights="", device="cpu", allow_download=False)
    choice = next(choice for choice in list_detectors() if choice.key.startswith("sam"))
    assert choice.missing == "pip install segment-anything"
