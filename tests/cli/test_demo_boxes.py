"""The demo's boxes lie around the ink of its digits, and its recipe can be run."""

import json

import numpy as np
import pytest
from PIL import Image

from cli.demo.boxes import write_boxes
from cli.demo.digits import Truth, make_digits
from cli.demo.run import recipe_of
from jobs.engine.recipes import read_recipe

pytestmark = pytest.mark.long


@pytest.fixture(scope="module")
def truth(tmp_path_factory) -> Truth:
    return make_digits(tmp_path_factory.mktemp("demo"))


def test_a_box_holds_all_ink_and_no_more(truth, tmp_path) -> None:
    target = tmp_path / "boxes.json"
    assert write_boxes(truth, target) == len(truth.true_labels)
    content = json.loads(target.read_text())
    assert [each["name"] for each in content["categories"]] == ["digit"]
    names = {each["id"]: each["file_name"] for each in content["images"]}
    assert set(names.values()) == set(truth.true_labels)
    for one in content["annotations"][::50]:
        with Image.open(truth.pictures / names[one["image_id"]]) as picture:
            rows, columns = np.nonzero(np.asarray(picture.convert("L")) < 128)
        left, top, width, height = one["bbox"]
        assert (left, top) == (columns.min(), rows.min())
        assert (left + width, top + height) == (columns.max() + 1, rows.max() + 1)


def test_the_demos_recipe_is_the_default_one_and_what_fills_the_other_pages(truth) -> None:
    steps = {step.name: step for step in read_recipe(recipe_of(truth.pictures.parent)).steps}
    assert steps["detect"].parameters["model"] == "coco-file" and steps["round"].kind == "attributes"
    assert steps["duplicates"].parameters["min_cosine"] == 0.98 and "zero" in steps["zero-shot"].parameters["prompts"]
    assert steps["ink"].kind == "import-vectors" and steps["saliency"].needs == ("network",)
    assert {"map", "label-issues", "medoids", "data-budget"} <= set(steps)
