"""Job kinds as they describe themselves: light to read, equal to what the code they name works with, and lenient
towards orders that were written before."""

import subprocess
import sys
from typing import get_args

import pytest

from analytics import distances, duplicates, projection
from analytics.medoids import EXACT_UP_TO
from importers.picture import MAX_PIXELS
from jobs.detect.kind import DetectParameters
from jobs.engine.errors import UnknownParameter
from jobs.engine.kinds import Order, load_kind
from jobs.import_.kind import is_same_import
from jobs.medoids.kind import MedoidsParameters
from jobs.projection.job import recipe_of
from jobs.projection.kind import ProjectionParameters
from jobs.saliency.kind import SaliencyParameters
from models import saliency
from models.catalogue import DEFAULT_MODEL
from models.detector_catalogue import ONNX
from tests.support.places import PROJECT

HEAVY = ("torch", "sklearn", "scipy", "PIL", "cv2", "onnxruntime", "models", "analytics", "importers")
# lists, sentences and names, which import nothing
LIGHT = ("analytics", "analytics.gates", "analytics.wording", "analytics.drift_measures")


@pytest.mark.long
def test_reading_what_a_kind_says_of_itself_loads_none_of_its_code() -> None:
    code = (
        "import importlib, sys\n"
        "from jobs.engine.kinds import _kind_modules\n"
        "for name in _kind_modules(): importlib.import_module(name)\n"
        f"print(sorted(set({HEAVY}) & {{name.partition('.')[0] for name in set(sys.modules) - set({LIGHT})}}))\n"
    )
    said = subprocess.run([sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True, timeout=120)
    assert said.stdout.strip() == "[]", said.stdout + said.stderr


def test_choices_and_limits_are_those_of_the_code() -> None:
    choices = {name: view.choices for name, view in load_kind("projection").views().items()}
    assert choices["method"] == projection.METHODS
    assert choices["metric"] == projection.METRICS
    assert load_kind("medoids").views()["metric"].choices == distances.METRICS
    assert load_kind("medoids").views()["sample_size"].high == EXACT_UP_TO
    assert load_kind("duplicates").views()["hamming_bits"].high == duplicates.MAX_BITS
    assert load_kind("saliency").views()["method"].choices == ("auto", *saliency.METHODS)
    assert load_kind("import").defaults["max_pixels"] == MAX_PIXELS
    assert load_kind("embed").defaults["model"] == DEFAULT_MODEL
    assert load_kind("detect").defaults["model"] == ONNX
    assert get_args(SaliencyParameters.model_fields["method"].annotation)[0] == "auto"


@pytest.mark.parametrize("name", ["perplexity", "n_neighbours", "min_dist", "pca_dims", "seed", "dimensions"])
def test_a_map_at_either_end_of_a_range_is_a_recipe_that_is_accepted(name: str) -> None:
    view = load_kind("projection").views()[name]
    for value in (view.low, view.high):
        assert getattr(recipe_of(ProjectionParameters().changed(**{name: value})), name) == value


def test_orders_written_under_former_names_are_still_read() -> None:
    assert load_kind("projection").read({"most_direct": 12}).max_direct == 12
    assert load_kind("detect").read({"most": "7"}) == DetectParameters(max_objects=7)
    crops = load_kind("crops").read({"least_score": 0.4, "least_side": 3})
    assert (crops.min_score, crops.min_side) == (0.4, 3)
    assert "least_score" not in crops.as_json()


def test_a_curve_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(UnknownParameter, match=r"medoids: k_max \(8\) is less than k_min \(9\)\."):
        load_kind("medoids").read({"k_min": "9", "k_max": "8"})
    assert MedoidsParameters(k_min=9, k_max=9).k_max == 9


def test_an_import_is_known_by_its_dataset_or_by_its_folder(tmp_path) -> None:
    kind = load_kind("import")
    active = Order("birds", kind.read({"folder": str(tmp_path)}), root=str(tmp_path.resolve()))
    assert is_same_import(Order("birds", kind.read({})), active)
    assert is_same_import(Order("other", kind.read({"folder": f"{tmp_path}/x/.."})), active)
    assert not is_same_import(Order("other", kind.read({"folder": str(tmp_path / "x")})), active)
    assert not is_same_import(Order("other", kind.read({})), active)


def test_a_speed_trial_is_told_apart_from_an_embedding() -> None:
    kind = load_kind("embed")
    assert [kind.variant_of(parameters) for parameters in ({"trial": 64}, {"trial": "0"}, {})] == ["trial", "", ""]
    assert kind.variants["trial"] == "Speed trial"
