"""The open_clip path for real: a small model learns digits from captions, and is used as a downloaded one would be."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import open_clip
import pytest
import torch
from PIL import Image
from sklearn.datasets import load_digits

from store.connection import open_workspace
from store.zero_shot import list_zero_shot_runs
from tests.support.places import PROJECT

WORDS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
CAPTIONS = ("a photo of a {}", "the digit {}", "{}", "a handwritten {}")
CONFIG = {
    "embed_dim": 64,
    "vision_cfg": {"image_size": 32, "layers": [1, 1, 1, 1], "width": 16},
    "text_cfg": {"context_length": 16, "vocab_size": 49408, "width": 64, "heads": 2, "layers": 2},
}

pytestmark = [pytest.mark.long, pytest.mark.timeout(900)]


def pictures_and_labels() -> tuple[list[Image.Image], np.ndarray]:
    digits = load_digits()
    pictures = [Image.fromarray((image / 16 * 255).astype(np.uint8)).convert("RGB") for image in digits.images]
    return [picture.resize((32, 32), Image.Resampling.BICUBIC) for picture in pictures], digits.target


def train(model: torch.nn.Module, planes: torch.Tensor, labels: np.ndarray, *, n_steps: int) -> None:
    """CLIP's own loss (open_clip's), on batches of one picture a digit, each with a caption of its own."""
    tokenizer, loss_of = open_clip.get_tokenizer("Digits-CLIP"), open_clip.loss.ClipLoss()
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3)
    rng = np.random.default_rng(801)
    for _ in range(n_steps):
        rows = np.concatenate([rng.choice(np.flatnonzero(labels == digit), 1) for digit in rng.permutation(10)])
        captions = [str(rng.choice(CAPTIONS)).format(WORDS[labels[row]]) for row in rows]
        loss = loss_of(
            model.encode_image(planes[rows], normalize=True),
            model.encode_text(tokenizer(captions), normalize=True),
            model.logit_scale.exp(),
        )
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        with torch.no_grad():
            model.logit_scale.clamp_(0, np.log(100))


@pytest.fixture(scope="module")
def trained(tmp_path_factory) -> tuple[Path, Path]:
    """A checkpoint with its configuration beside it, and a folder of the 500 pictures that it never saw."""
    folder = tmp_path_factory.mktemp("own")
    (folder / "Digits-CLIP.json").write_text(json.dumps(CONFIG))
    open_clip.add_model_config(folder / "Digits-CLIP.json")
    torch.manual_seed(801)
    pictures, labels = pictures_and_labels()
    usual = (open_clip.OPENAI_DATASET_MEAN, open_clip.OPENAI_DATASET_STD)
    mean, std = (torch.tensor(each).reshape(3, 1, 1) for each in usual)
    planes = torch.stack([torch.from_numpy(np.array(picture)).permute(2, 0, 1) / 255 for picture in pictures[:-500]])
    model = open_clip.create_model("Digits-CLIP").train()
    n_threads = torch.get_num_threads()
    torch.set_num_threads(1)  # a batch of ten gains nothing from a second thread, and loses much on a busy machine
    train(model, (planes - mean) / std, labels[:-500], n_steps=250)
    torch.set_num_threads(n_threads)
    torch.save({"state_dict": model.state_dict()}, folder / "digits.pt")
    for index, (picture, label) in enumerate(zip(pictures[-500:], labels[-500:], strict=True)):
        path = folder / "pictures" / WORDS[label] / f"{index:03}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        picture.save(path)
    return folder / "digits.pt", folder / "pictures"


def run(*arguments: str) -> dict[str, object]:
    """`python -m jobs` in a process of its own, as a person would; its last line."""
    done = subprocess.run(
        [sys.executable, "-m", "jobs", *arguments], cwd=PROJECT, capture_output=True, text=True, timeout=400
    )
    assert done.returncode == 0, done.stderr[-2000:] + done.stdout[-2000:]
    return json.loads(done.stdout.strip().splitlines()[-1])


def test_a_model_of_ones_own_is_embedded_and_asked_like_a_downloaded_one(trained, tmp_path) -> None:
    weights, pictures = trained
    here = ["--workspace", str(tmp_path / "w")]
    run("import", str(pictures), "--name", "digits", "--yes", *here)
    model = ["--model", "open_clip/Digits-CLIP", "--weights", str(weights)]
    embedded = run("run", "embed", "--dataset", "digits", *model, *here)
    assert embedded["n_vectors"] == 500
    found = run("run", "zero-shot", "--dataset", "digits", *here)
    assert found["method"] == "clip" and found["n_scored"] == 500
    assert found["balanced_accuracy"] > 0.6  # chance is 0.1
    learnt = torch.load(weights, weights_only=True)["state_dict"]["logit_scale"]
    assert found["temperature"] == pytest.approx(float(1 / learnt.exp())) != pytest.approx(0.07, abs=1e-5)
    shuffled = {word: [WORDS[(index + 1) % 10]] for index, word in enumerate(WORDS)}
    wrong = run("run", "zero-shot", "--dataset", "digits", "--prompts", json.dumps(shuffled), *here)
    assert wrong["balanced_accuracy"] < 0.2  # it is the words that decide
    workspace = open_workspace(tmp_path / "w")
    try:
        runs = list_zero_shot_runs(workspace, 1)
        assert [run.run_id for run in runs] == [wrong["run"], found["run"]]
    finally:
        workspace.close()
