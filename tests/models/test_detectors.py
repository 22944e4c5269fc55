"""Detectors: the ONNX file's ways, what it refuses; torchvision and detectron2 with checkpoints written here."""

import importlib.util
import pickle
from pathlib import Path

import numpy as np
import pytest
import torch
from onnx import TensorProto

from models.detect_stream import iter_detections
from models.detection import load_detector
from models.detector import Detections, DetectorInput, DetectorSettings
from models.detector_catalogue import list_detectors, parse_detector
from models.errors import DeviceMissing, PackageMissing, UnknownModel, WeightsMismatch, WeightsMissing, WeightsRefused
from tests.support.detected_workspace import ROWS, SIDE, write_onnx

MOBILE = "torchvision/fasterrcnn_mobilenet_v3_large_320_fpn"
WHITE = np.full((40, 80, 3), 255, np.uint8)


def look(detector, pixels=WHITE) -> Detections:
    height, width = pixels.shape[:2]
    return detector.detect(detector.prepare(pixels, width=width, height=height))


def test_an_onnx_files_rows_become_boxes(tmp_path) -> None:
    detector = load_detector(DetectorSettings("onnx", weights=str(write_onnx(tmp_path / "a.onnx"))))
    found = look(detector)
    assert found.scores == pytest.approx([0.9, 0.5, 0.8]) and found.classes.tolist() == [0, 0, 1]
    scale = np.array([80 / SIDE, 40 / SIDE] * 2)
    assert np.allclose(found.boxes, np.array(ROWS)[:, :4] * scale)
    assert "squashed to 32x32" in detector.info.preprocess and len(detector.info.weights_sha256) == 64


def test_a_yolo_export_is_fitted_in_and_leads_back(tmp_path) -> None:
    file = write_onnx(tmp_path / "y.onnx", [ROWS], names="{0: 'person', 1: 'car'}", shape=(1, 3, SIDE, SIDE))
    detector = load_detector(DetectorSettings("onnx", weights=str(file)))
    assert detector.info.classes == ("person", "car") and "padded" in detector.info.preprocess
    ready = detector.prepare(WHITE, width=80, height=40)
    assert ready.inputs.shape == (1, 3, SIDE, SIDE) and ready.inputs.max() == 1
    assert np.allclose(ready.inputs[0, 0, 0], 114 / 255)  # above the picture
    assert np.allclose(ready.to_original(np.array([[0, 8, 32, 24]])), [[0, 0, 80, 40]])


def test_a_reduced_picture_leads_back_to_the_original(tmp_path) -> None:
    detector = load_detector(DetectorSettings("onnx", weights=str(write_onnx(tmp_path / "a.onnx"))))
    half = detector.prepare(WHITE, width=160, height=80)
    assert np.allclose(half.to_original(np.array([[0, 0, SIDE, SIDE]])), [[0, 0, 160, 80]])


@pytest.mark.parametrize("pixels", [np.full((1, 1, 3), 255, np.uint8), np.full((1, 900, 3), 255, np.uint8)])
def test_tiny_and_flat_pictures_are_looked_at(tmp_path, pixels) -> None:
    for shape in ((1, SIDE, SIDE, 3), (1, 3, SIDE, SIDE)):
        detector = load_detector(DetectorSettings("onnx", weights=str(write_onnx(tmp_path / "a.onnx", shape=shape))))
        assert np.isfinite(look(detector, pixels).boxes).all()


def test_bytes_are_given_where_bytes_are_wanted(tmp_path) -> None:
    detector = load_detector(
        DetectorSettings("onnx", weights=str(write_onnx(tmp_path / "b.onnx", kind=TensorProto.UINT8)))
    )
    assert detector.prepare(WHITE, width=80, height=40).inputs.dtype == np.uint8
    assert len(look(detector).boxes) == 3


def test_other_outputs_are_refused_with_what_is_needed(tmp_path) -> None:
    wrong = write_onnx(tmp_path / "raw.onnx", np.ones((1, 8, 84)), out_name="output0")
    with pytest.raises(WeightsMismatch, match=r"raw.onnx gives output0 1x8x84; Vitrine reads rows of x1, y1, x2, y2"):
        load_detector(DetectorSettings("onnx", weights=str(wrong)))


def test_other_inputs_and_other_files_are_refused(tmp_path) -> None:
    with pytest.raises(WeightsMismatch, match="takes picture .* Vitrine gives it one picture at a time"):
        load_detector(
            DetectorSettings("onnx", weights=str(write_onnx(tmp_path / "five.onnx", shape=(1, 5, SIDE, SIDE))))
        )
    (tmp_path / "text.onnx").write_text("no model")
    with pytest.raises(WeightsMismatch, match="text.onnx cannot be opened as an ONNX model"):
        load_detector(DetectorSettings("onnx", weights=str(tmp_path / "text.onnx")))
    with pytest.raises(WeightsMissing, match="ships without weights: name one with --weights FILE.onnx"):
        load_detector(DetectorSettings("onnx"))


@pytest.mark.parametrize(
    "names, expected", [("['a', 'b']", ("a", "b")), ('{"1": "b"}', ("class 0", "b")), ("nope", ())]
)
def test_names_in_the_metadata(tmp_path, names, expected) -> None:
    file = write_onnx(tmp_path / "n.onnx", names=names)
    assert load_detector(DetectorSettings("onnx", weights=str(file), values="0-255")).info.classes == expected


def test_keys_are_taken_apart_or_refused() -> None:
    assert (
        parse_detector("detectron2/COCO-Detection/retinanet_R_50_FPN_3x.yaml").name
        == "COCO-Detection/retinanet_R_50_FPN_3x"
    )
    for key in ("", "onnx/x", "torchvision/resnet50", "detectron2/", "detectron2//etc", "detectron2/a/../../b"):
        with pytest.raises(UnknownModel, match="names no detector"):
            parse_detector(key)
    assert {MOBILE, "onnx"} < {choice.key for choice in list_detectors()} and list_detectors()[0].key == MOBILE


@pytest.mark.skipif(importlib.util.find_spec("detectron2") is not None, reason="detectron2 is installed")
def test_a_missing_backend_says_the_command_that_gets_it() -> None:
    with pytest.raises(PackageMissing, match="Get it with: pip install .*detectron2"):
        load_detector(DetectorSettings("detectron2/COCO-InstanceSegmentation/mask_rcnn_R_50_FPN_3x"))
    assert next(choice for choice in list_detectors() if choice.key.startswith("detectron2")).missing.startswith("pip ")


def test_missing_weights_and_devices_are_said(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    with pytest.raises(WeightsMissing, match="Allow downloading them from download.pytorch.org"):
        load_detector(DetectorSettings(MOBILE))
    with pytest.raises(DeviceMissing, match="no device 'cuda:9'"):
        load_detector(DetectorSettings(MOBILE, device="cuda:9"))


@pytest.fixture(scope="module")
def mobile(tmp_path_factory):
    """Random weights of a detector with four outputs, as a state dict on the disk."""
    from models.detector_torchvision import build

    torch.manual_seed(1)
    path = tmp_path_factory.mktemp("weights") / "mobile.pth"
    model = build(MOBILE.split("/")[1], n_outputs=4, score_floor=0)
    state = model.state_dict()
    for name in state:  # norms that do something
        if name.endswith("running_mean"):
            state[name].normal_(0, 0.1)
        elif name.endswith("running_var"):
            state[name].uniform_(0.5, 1.5)
    torch.save(state, path)
    return path


def unfolded(name: str, path: Path, *, n_outputs: int) -> torch.nn.Module:
    """torchvision's own model with the weights of a file."""
    from models.detector_torchvision import build

    model = build(name, n_outputs=n_outputs, score_floor=0).eval()
    model.load_state_dict(torch.load(path, weights_only=True))
    return model


@pytest.mark.long
def test_torchvision_runs_with_a_checkpoint_of_other_classes(mobile) -> None:
    settings = DetectorSettings(MOBILE, weights=str(mobile), classes=("a", "b", "c"), score_floor=0.0)
    detector = load_detector(settings)
    pixels = np.random.default_rng(0).integers(0, 256, (90, 120, 3), dtype=np.uint8)
    found = look(detector, pixels)
    assert found.masks is None and len(found.boxes) == len(found.scores) == len(found.classes)
    assert found.classes.min(initial=0) >= 0 and found.classes.max(initial=0) <= 2
    assert found.boxes.max(initial=0) <= 120.5
    model = unfolded(MOBILE.split("/")[1], mobile, n_outputs=4)
    expected = model([torch.from_numpy(pixels).permute(2, 0, 1).float() / 255])[0]
    boxes, scores = expected["boxes"].detach().numpy(), expected["scores"].detach().numpy()
    apart = np.abs(found.boxes[:, None] - boxes).max(axis=2).min(axis=1)
    assert (apart < 0.01).mean() > 0.95  # random weights score nearly alike: rounding may order two otherwise
    assert np.allclose(np.sort(found.scores), np.sort(scores), atol=1e-4)
    assert not [each for each in detector._model.modules() if isinstance(each, torch.nn.BatchNorm2d)]


def test_torchvision_refuses_a_checkpoint_of_another_network(tmp_path) -> None:
    torch.save({"head.weight": torch.zeros(3)}, tmp_path / "x.pth")
    with pytest.raises(WeightsMismatch, match="x.pth does not fit"):
        load_detector(DetectorSettings(MOBILE, weights=str(tmp_path / "x.pth")))


@pytest.mark.long
def test_mask_rcnn_of_torchvision_gives_masks_for_its_boxes(tmp_path) -> None:
    from models.detector_torchvision import build
    from models.masks import pasted

    torch.manual_seed(2)
    model = build("maskrcnn_resnet50_fpn", n_outputs=3, score_floor=0)
    torch.save(model.state_dict(), tmp_path / "m.pth")
    detector = load_detector(
        DetectorSettings("torchvision/maskrcnn_resnet50_fpn", weights=str(tmp_path / "m.pth"), score_floor=0.0)
    )
    pixels = np.random.default_rng(0).integers(0, 256, (64, 96, 3), dtype=np.uint8)
    found = look(detector, pixels)
    assert len(found.boxes) and found.masks.shape == (len(found.boxes), 28, 28)
    own = unfolded("maskrcnn_resnet50_fpn", tmp_path / "m.pth", n_outputs=3)
    expected = own([torch.from_numpy(pixels).permute(2, 0, 1).float() / 255])[0]
    masks = expected["masks"][:, 0].detach().numpy() >= 0.5
    agree = [
        (pasted(found.masks[i], found.boxes[i], width=96, height=64) == masks[i]).mean()
        for i in range(min(10, len(masks)))
    ]
    assert min(agree) > 0.9


class Slow:
    """A detector that remembers how many looked at once."""

    info, min_side = None, 8

    def __init__(self, n_parallel: int) -> None:
        self.n_parallel, self.inside, self.most = n_parallel, 0, 0

    def prepare(self, pixels, *, width, height) -> DetectorInput:
        return DetectorInput(pixels, width, height, 1, 1)

    def detect(self, ready) -> Detections:
        self.inside += 1
        self.most = max(self.most, self.inside)
        torch.tensor(0).item()
        self.inside -= 1
        return Detections(np.zeros((1, 4), np.float32), np.ones(1, np.float32), np.zeros(1, np.int32))


@pytest.mark.parametrize("n_parallel", [1, 3])
def test_results_come_in_order_with_reasons_for_what_cannot_be_read(tmp_path, n_parallel) -> None:
    def read(path, min_side):
        if path.name == "bad":
            raise OSError("no")
        return np.zeros((4, 6, 3), np.uint8), 6, 4

    detector = Slow(n_parallel)
    items = [(i, tmp_path / ("bad" if i == 5 else "good")) for i in range(30)]
    seen = list(iter_detections(items, read=read, detector=detector, n_threads=3, then=lambda picture: picture))
    assert [each.image_id for each in seen] == list(range(30))
    assert [each.image_id for each in seen if each.reason] == [5] and seen[5].reason == "no"
    assert n_parallel > 1 or detector.most == 1


needs_detectron2 = pytest.mark.skipif(
    importlib.util.find_spec("detectron2") is None, reason="detectron2 is not installed"
)
ZOO = "COCO-InstanceSegmentation/mask_rcnn_R_50_FPN_3x"


@needs_detectron2
@pytest.mark.long
@pytest.mark.filterwarnings("default")
@pytest.mark.parametrize("suffix", [".pth", ".pkl"])
def test_detectron2_runs_with_a_checkpoint_written_here(tmp_path, suffix) -> None:
    from models.detector_detectron2 import build, configuration

    torch.manual_seed(3)
    config = configuration(ZOO, score_floor=0.0, device="cpu")
    state = build(config).state_dict()
    file = tmp_path / f"model{suffix}"
    if suffix == ".pth":
        torch.save(state, file)
    else:
        arrays = {name: value.numpy() for name, value in state.items()}
        file.write_bytes(pickle.dumps({"model": arrays, "__author__": "test"}))
    detector = load_detector(DetectorSettings(f"detectron2/{ZOO}", weights=str(file), score_floor=0.0))
    assert len(detector.info.classes) == 80 and detector.info.classes[0] == "person"
    pixels = np.random.default_rng(0).integers(0, 256, (60, 90, 3), dtype=np.uint8)
    found = look(detector, pixels)
    assert len(found.boxes) and found.masks.shape == (len(found.boxes), 60, 90)
    assert found.boxes.min() >= 0 and found.boxes[:, 2].max() <= 90 and found.boxes[:, 3].max() <= 60
    assert found.classes.max() < 80
    with torch.no_grad():
        shown = detector._resize.get_transform(pixels[:, :, ::-1]).apply_image(pixels[:, :, ::-1])
        planes = torch.as_tensor(shown.astype("float32").transpose(2, 0, 1))
        expected = detector._model([{"image": planes, "height": 60, "width": 90}])[0]["instances"]
    assert np.allclose(found.scores, expected.scores.numpy(), atol=1e-5)


@needs_detectron2
@pytest.mark.filterwarnings("default")
def test_detectron2_says_what_configurations_it_has(tmp_path) -> None:
    from models.detector_detectron2 import configuration

    with pytest.raises(UnknownModel, match="has no configuration 'COCO-Detection/nothing'"):
        configuration("COCO-Detection/nothing", score_floor=0.1, device="cpu")


def test_a_checkpoint_that_holds_code_is_not_opened(tmp_path) -> None:
    pytest.importorskip("torch")
    from models.detector_detectron2 import read_checkpoint

    class Trap:
        def __reduce__(self):
            return (open, (str(tmp_path / "ran"), "w"))

    (tmp_path / "trap.pkl").write_bytes(pickle.dumps({"model": {"a": Trap()}}))
    with pytest.raises(WeightsRefused, match="holds more than arrays"):
        read_checkpoint(tmp_path / "trap.pkl")
    assert not (tmp_path / "ran").exists()
    arrays = {"a": np.arange(4, dtype=np.float32), "b": np.float32(2.5)}
    for protocol in (0, 2, 4):
        (tmp_path / "ok.pkl").write_bytes(pickle.dumps({"model": arrays, "__author__": "x"}, protocol=protocol))
        assert read_checkpoint(tmp_path / "ok.pkl")["a"].tolist() == [0, 1, 2, 3]
    (tmp_path / "cut.pkl").write_bytes(pickle.dumps({"model": arrays})[:-20])
    with pytest.raises(WeightsRefused):
        read_checkpoint(tmp_path / "cut.pkl")
