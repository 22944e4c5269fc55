"""Zero-shot: prompts to directions to probabilities; sets of prompts; the job lands what open_clip itself says."""

import json

import numpy as np
import open_clip
import pyarrow as pa
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as some

from analytics import words, zero_shot
from analytics.errors import BadParameter, WrongShape
from analytics.zero_shot import Prompts
from jobs.engine.errors import NothingToDo, UnknownParameter
from jobs.engine.kinds import load_kind
from jobs.engine.spec import DONE
from jobs.engine.supervisor import Supervisor
from jobs.zero_shot.job import prompts_of
from models.clip_text import load_text_encoder
from models.errors import TextTooLong, UnknownModel
from models.networks import describe_network
from pages.map import colours
from store.class_names import correct_names
from store.errors import BadPromptSet, UnknownPromptSet
from store.projections import point_zero_shot
from store.prompts import find_prompts, list_prompts, save_prompts
from store.vectors import land_vectors
from store.zero_shot import list_zero_shot_runs, named_labels
from tests.support.noisy_workspace import check_labels, noisy_birds
from tests.support.running import run_job
from tests.support.small_workspace import image_row, land, land_random_vectors, new_dataset
from tests.support.tiny_clip import TINY

NAMES = ["cat", "lynx", "wolf"]
DIM = TINY["embed_dim"]


def test_two_prompts_of_a_class_point_between_them_and_the_nearest_class_wins() -> None:
    prompts = Prompts((("a", "b"), ("c",)), ("{}",))
    texts = zero_shot.texts_of(prompts)
    assert texts.texts == ("a", "b", "c") and texts.owner.tolist() == [0, 0, 1]
    read = np.array([[1, 0, 0], [0, 1, 0], [0, 0, 1]], np.float32)
    directions = zero_shot.directions(read, owner=texts.owner, n_classes=2)
    half = 0.5**0.5
    assert np.allclose(directions, [[half, half, 0], [0, 0, 1]])
    cosines = zero_shot.cosines(np.array([[3, 3, 0], [0, 0, 2], [1, 0, 1]], np.float32), directions)
    assert np.allclose(cosines, [[1, 0], [0, 1], [0.5, half]], atol=1e-6)
    assert zero_shot.predicted(cosines).tolist() == [0, 1, 1]
    shares = zero_shot.probabilities(np.array([[0.2, 0.2 - 0.1 * np.log(3)]]), temperature=0.1)
    assert np.allclose(shares, [[0.75, 0.25]])


def test_every_template_takes_every_prompt() -> None:
    texts = zero_shot.texts_of(Prompts((("cat", "kitten"), ("wolf",)), ("{}", "a {} or {}")))
    assert texts.texts == ("cat", "a cat or cat", "kitten", "a kitten or kitten", "wolf", "a wolf or wolf")
    assert zero_shot.lines(" a \n\n b\r\na ") == ("a", "b")


def test_many_texts_at_once_are_as_one_by_one() -> None:
    rng = np.random.default_rng(2)
    classes, weights = rng.integers(0, 1000, (40, 5)), rng.random((40, 5)).astype(np.float32)
    lengths, scores = rng.random(40).astype(np.float32) + 0.5, rng.normal(size=(4, 1000)).astype(np.float32)
    found = zero_shot.mixed_cosines(classes, weights, lengths, scores)
    for place, row in enumerate(scores):
        assert np.allclose(found[:, place], words.similarities(classes, weights, lengths, row), atol=1e-5)


@given(some.floats(0.01, 10), some.floats(-5, 5), some.floats(0.1, 9))
def test_neither_temperature_nor_a_shift_nor_a_vectors_length_changes_who_is_first(temperature, shift, length) -> None:
    rng = np.random.default_rng(5)
    vectors, directions = rng.normal(size=(20, 4)), np.linalg.qr(rng.normal(size=(4, 4)))[0][:3]
    cosines = zero_shot.cosines(vectors, directions)
    shares = zero_shot.probabilities(cosines + shift, temperature=temperature)
    assert np.allclose(shares.sum(axis=1), 1, atol=1e-5)
    assert (shares[np.arange(20), zero_shot.predicted(cosines)] >= shares.max(axis=1) - 1e-6).all()
    assert np.allclose(zero_shot.cosines(vectors * length, directions), cosines, atol=1e-5)


def test_a_vector_that_says_nothing_is_called_nothing() -> None:
    cosines = zero_shot.cosines(np.array([[0, 0], [np.nan, 1], [1, 0]], np.float32), np.eye(2, dtype=np.float32))
    assert zero_shot.predicted(cosines).tolist() == [-1, -1, 0]
    assert np.isnan(zero_shot.probabilities(cosines, temperature=1)[:2]).all()
    with pytest.raises(WrongShape, match="must be"):
        zero_shot.cosines(np.ones((2, 3)), np.eye(2))


def test_flips_are_gained_lost_or_neither() -> None:
    truth = np.array([0, 1, 2, -1, 0])
    found = zero_shot.flipped(np.array([1, 1, 0, 0, 0]), np.array([0, 2, 1, 1, 0]), truth=truth)
    assert {name: rows.tolist() for name, rows in found.items()} == {"gained": [0], "lost": [1], "other": [2, 3]}
    scored = zero_shot.scored(truth, predicted=np.array([0, 2, 1, 1, 1]), n_classes=4)
    assert scored.recalls[0] == 0.5 and np.isnan(scored.recalls[3])
    assert scored.balanced_accuracy == pytest.approx(0.5 / 3) and scored.support.tolist() == [2, 1, 1, 0]
    assert np.isnan(zero_shot.scored(np.array([-1]), predicted=np.array([0]), n_classes=2).balanced_accuracy)


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"by_class": ((), ("b",), ("c",))}, "The class 'cat' has no prompt: write one, or take its name"),
        ({"by_class": (("a",), (" ",), ("c",))}, "The class 'lynx' has no prompt"),
        ({"by_class": (("a",), ("b", ""), ("c",))}, "A prompt of the class 'lynx' is empty"),
        ({"by_class": (("a",), ("b",))}, "of 2 classes, and the dataset has 3"),
        ({"by_class": (tuple(map(str, range(65))), ("b",), ("c",))}, "has 65 prompts; 64 at most"),
        ({"by_class": (("a" * 1001,), ("b",), ("c",))}, "1,001 characters"),
        ({"templates": ()}, "There is no template"),
        ({"templates": ("a photo",)}, "'a photo' must hold {}"),
        ({"templates": tuple(f"{i} {{}}" for i in range(101))}, "101 templates; 100 at most"),
        ({"by_class": (tuple("abcdefgh" * 6),) * 3, "templates": tuple(f"{i} {{}}" for i in range(90))}, "too many"),
        ({"temperature": 0.0}, "above 0, not 0.0"),
        ({"temperature": float("nan")}, "above 0, not nan"),
        ({"temperature": float("inf")}, "above 0, not inf"),
    ],
)
def test_prompts_that_nothing_can_be_asked_with_are_refused_with_what_to_do(changed, says) -> None:
    good = {"by_class": (("a",), ("b",), ("c",)), "templates": ("{}",), "temperature": None}
    zero_shot.check(Prompts(**good), names=NAMES)
    with pytest.raises(BadParameter, match=says):
        zero_shot.check(Prompts(**(good | changed)), names=NAMES)


def test_a_jobs_prompts_may_be_a_list_or_named_and_classes_left_out_keep_their_names() -> None:
    def prompts(**given):
        return prompts_of(load_kind("zero-shot").read(given), names=NAMES)

    assert prompts().by_class == (("cat",), ("lynx",), ("wolf",))
    given = prompts(prompts='{"lynx": ["a", "b"], "2": "c"}', temperature="0.5")
    assert (given.by_class, given.temperature) == ((("cat",), ("a", "b"), ("c",)), 0.5)
    assert prompts(prompts='[["a"],["b"],"c"]').by_class == (("a",), ("b",), ("c",))
    wrong = {
        "prompts": [
            ("{", "is JSON such as"),
            ('{"owl": ["a"]}', "no class 'owl'"),
            ("[[1],[2],[3]]", "must be strings"),
            ("3", "is a list"),
        ],
        "templates": [('"a"', "must hold {}"), ("[", "JSON")],
        "temperature": [("warm", "'auto' or a number"), ("nan", "not nan"), (0, "not 0.0")],
    }
    for name, cases in wrong.items():
        for value, says in cases:
            with pytest.raises(UnknownParameter, match=says):
                prompts(**{name: value})


def test_sets_are_appended_and_never_changed(workspace) -> None:
    dataset = new_dataset(workspace)
    before = workspace.generation(dataset.id)
    values = {"by_class": [["a cat", "kitten"], ["<b>"]], "templates": ["{}"], "temperature": None, "who": "me"}
    saved = save_prompts(workspace, dataset.id, name=" first ", note="no", **values)
    assert (saved.name, saved.by_class, saved.note) == ("first", (("a cat", "kitten"), ("<b>",)), "no")
    assert workspace.generation(dataset.id) > before
    save_prompts(workspace, dataset.id, name="second", **(values | {"temperature": 0.5}))
    assert [each.name for each in list_prompts(workspace, dataset.id)] == ["second", "first"]
    assert find_prompts(workspace, dataset.id, name="second").temperature == 0.5
    wrong = [
        ({"name": "FIRST"}, "already"),
        ({"name": " "}, "1 to 120"),
        ({"by_class": [["a"], []]}, "no prompt"),
        ({"templates": []}, "no template"),
        ({"temperature": float("nan")}, "above 0"),
    ]
    for change, says in wrong:
        with pytest.raises(BadPromptSet, match=says):
            save_prompts(workspace, dataset.id, **({"name": "third"} | values | change))
    with pytest.raises(UnknownPromptSet, match="'none' .sets: 'second', 'first'"):
        find_prompts(workspace, dataset.id, name="none")
    assert list_prompts(workspace, dataset.id + 1) == []


@pytest.fixture
def tiny_clip(tmp_path):
    """A small open_clip model of one's own, its configuration beside its weights; the model and the file."""
    folder = tmp_path / "own"
    folder.mkdir()
    config, path = folder / "Own-CLIP.json", folder / "own.pt"
    config.write_text(json.dumps(TINY))
    path.touch()
    describe_network("open_clip/Own-CLIP", weights=path)
    torch.manual_seed(1)
    model = open_clip.create_model("Own-CLIP").eval()
    torch.save(model.state_dict(), path)
    yield model, path
    open_clip.factory._MODEL_CONFIG_PATHS.remove(config)
    del open_clip.factory._MODEL_CONFIGS["Own-CLIP"]


def land_clip_vectors(workspace, dataset_id: int, path, vectors: np.ndarray, *, sha256: str) -> None:
    """`vectors` in a space that the weights at `path` are said to have made."""
    images = workspace.read("images_to_embed", dataset_id=dataset_id)
    flat = pa.FixedSizeListArray.from_arrays(pa.array(vectors.astype(np.float32).ravel()), DIM)
    table = pa.table(
        {
            "image_id": images["image_id"],
            "sha256": images["sha256"],
            "vector": flat,
            "reason": pa.nulls(images.num_rows, pa.string()),
        }
    )
    about = {"model": "open_clip/Own-CLIP", "dim": DIM, "preprocess": {}, "weights_source": f"file {path}"}
    with workspace.writing(dataset_id) as cursor:
        land_vectors(
            cursor, dataset_id, space_name="own", about={**about, "weights_sha256": sha256}, table=table, run_id=2
        )


def clip_birds(workspace, tiny_clip, *, sha256: str = "") -> np.ndarray:
    """240 birds with vectors of the tiny model, the first of them zero; the vectors."""
    dataset = noisy_birds(workspace)
    _, path = tiny_clip
    vectors = np.random.default_rng(7).normal(size=(240, DIM)).astype(np.float32)
    vectors[0] = 0
    land_clip_vectors(
        workspace,
        dataset.id,
        path,
        vectors,
        sha256=sha256 or load_text_encoder("open_clip/Own-CLIP", weights=path).weights_sha256,
    )
    return vectors


@pytest.mark.long
def test_the_job_lands_what_open_clip_itself_would_say(workspace, tiny_clip) -> None:
    vectors = clip_birds(workspace, tiny_clip)
    assert check_labels(workspace, "birds", space="tiny").state == DONE
    asked = '{"wolf": ["a wolf", "a howling wolf"]}'
    job = run_job(workspace, "zero-shot", "birds", space="own", prompts=asked)
    assert job.state == DONE and (job.figures["method"], job.figures["n_failed"]) == ("clip", 1)
    model, _ = tiny_clip
    tokenizer = open_clip.get_tokenizer("Own-CLIP")
    directions = []
    for name in (["cat"], ["<b>lynx</b>"], ["a wolf", "a howling wolf"]):
        texts = [template.replace("{}", prompt) for prompt in name for template in ("{}", "a photo of a {}")]
        with torch.inference_mode():
            mean = model.encode_text(tokenizer(texts), normalize=True).mean(dim=0)
        directions.append(torch.nn.functional.normalize(mean, dim=0))
    pictures = torch.nn.functional.normalize(torch.from_numpy(vectors[1:]), dim=1)
    expected = (model.logit_scale.exp() * pictures @ torch.stack(directions).T).softmax(dim=1).detach().numpy()
    with workspace.writing() as cursor:
        statement = "SELECT image_id, probabilities FROM prediction WHERE run_id = $1 ORDER BY 1"
        rows = cursor.execute(statement, [job.run_id]).fetchall()
        kind = cursor.execute("SELECT prediction_kind, out_of_fold FROM run WHERE id = $1", [job.run_id]).fetchall()
        failed = cursor.execute("SELECT image_id, reason FROM run_failure WHERE run_id = $1", [job.run_id]).fetchall()
    assert [row[0] for row in rows] == list(range(2, 241))
    assert np.allclose([row[1] for row in rows], expected, atol=1e-4)
    assert kind == [("zero-shot", None)]
    assert failed == [(1, "The vector is zero, or holds what is not a number.")]


@pytest.mark.long
def test_scores_are_on_labels_as_they_are_and_on_those_that_others_agree_on(workspace, tiny_clip) -> None:
    clip_birds(workspace, tiny_clip)
    check = check_labels(workspace, "birds", space="tiny")
    job = run_job(workspace, "zero-shot", "birds", space="own")
    figures = job.figures
    table = named_labels(workspace, run_id=job.run_id, label_run=check.run_id)
    truth, told = table["label"].fill_null(-1).to_numpy(), table["predicted"].to_numpy()
    by_hand = [np.mean(told[truth == index] == index) for index in range(3)]
    assert figures["balanced_accuracy"] == pytest.approx(np.mean(by_hand), abs=1e-4)
    assert figures["recalls"] == pytest.approx(by_hand, abs=1e-4) and figures["n_scored"] == 238
    assert "not cleaned" in figures["labels"]
    agreed = table["agreed"].to_numpy(zero_copy_only=False)
    assert figures["agreed_n_scored"] == agreed.sum() and 180 < agreed.sum() < 225
    assert agreed[:17].mean() < 0.3  # the wrong labels are not among them
    (run,) = list_zero_shot_runs(workspace, 1)
    assert not run.is_stale and run.parameters["method"] == "clip"
    assert json.loads(run.parameters["prompts"])[0] == ["cat"]


def test_corrected_names_and_kept_sets_are_what_is_asked(workspace, tiny_clip) -> None:
    clip_birds(workspace, tiny_clip)
    correct_names(workspace, 1, names={0: "<b>lynx</b>", 1: "cat"}, who="me")
    kind = load_kind("zero-shot")
    prepared = kind.code().prepare(workspace, "birds", kind.read({"space": "own"}), 99)
    assert json.loads(prepared.parameters.prompts) == [["<b>lynx</b>"], ["cat"], ["wolf"]]
    values = {"by_class": [["x"], ["y"], ["z"]], "templates": ["see {}"], "temperature": 0.2, "who": "me"}
    save_prompts(workspace, 1, name="mine", **values)
    prepared = kind.code().prepare(workspace, "birds", kind.read({"space": "own", "prompt_set": "mine"}), 99)
    found = prompts_of(prepared.parameters, names=["a", "b", "c"])
    assert found == Prompts((("x",), ("y",), ("z",)), ("see {}",), 0.2)
    again = kind.code().prepare(workspace, "birds", prepared.parameters, 99)  # as a resume does
    assert again.parameters == prepared.parameters
    with pytest.raises(UnknownPromptSet, match="'yours'"):
        kind.code().prepare(workspace, "birds", kind.read({"space": "own", "prompt_set": "yours"}), 99)


def test_what_cannot_be_asked_is_refused_before_a_job_is_made(workspace, tiny_clip) -> None:
    start = Supervisor(workspace).start
    dataset = noisy_birds(workspace)
    with pytest.raises(UnknownParameter, match="'tiny' has no text half.*open_clip model, or with efficientnet-lite0"):
        start("zero-shot", dataset=dataset.name)
    multi = new_dataset(workspace, "multi", task="multi")
    with pytest.raises(NothingToDo, match="several labels"):
        start("zero-shot", dataset=multi.name)
    bare = new_dataset(workspace, "bare")
    with pytest.raises(NothingToDo, match="between classes, and bare has 0"):
        start("zero-shot", dataset=bare.name)
    images = workspace.read("images_to_embed", dataset_id=dataset.id)
    with pytest.raises(UnknownParameter, match="no embedding space 'other'"):
        start("zero-shot", dataset=dataset.name, parameters={"space": "other"})
    land_random_vectors(workspace, dataset.id, images, name="efficientnet-lite0")
    with pytest.raises(UnknownParameter, match="is read by 'conse'.*not 'clip'"):
        start("zero-shot", dataset=dataset.name, parameters={"method": "clip"})


@pytest.mark.long
def test_other_weights_and_too_long_a_prompt_end_the_job_with_a_sentence(workspace, tiny_clip) -> None:
    clip_birds(workspace, tiny_clip, sha256="f" * 64)
    with pytest.raises(AssertionError, match="are not those that made the space"):
        run_job(workspace, "zero-shot", "birds", space="own")
    _, path = tiny_clip
    encoder = load_text_encoder("open_clip/Own-CLIP", weights=path)
    with pytest.raises(TextTooLong, match="'word word.*has 102 word pieces; the model reads 77. Shorten it"):
        encoder.encode(["fine", "word " * 100])
    assert encoder.encode(["word " * 75]).shape == (1, DIM)


def test_a_configuration_beside_the_weights_that_describes_nothing_is_refused(tmp_path) -> None:
    path = tmp_path / "w.pt"
    for text, says in (("{", "is no JSON"), ('{"embed_dim": 4}', "wants embed_dim, vision_cfg and text_cfg")):
        (tmp_path / "Odd-CLIP.json").write_text(text)
        with pytest.raises(UnknownModel, match=says):
            describe_network("open_clip/Odd-CLIP", weights=path)
    with pytest.raises(UnknownModel, match="open_clip has no model 'Odder-CLIP'"):
        describe_network("open_clip/Odder-CLIP", weights=path)
    assert all(each.parent != tmp_path for each in open_clip.factory._MODEL_CONFIG_PATHS)


@pytest.mark.long
def test_newcomers_make_a_run_old_and_removed_pictures_are_not_asked(workspace, tiny_clip) -> None:
    clip_birds(workspace, tiny_clip)
    run_job(workspace, "zero-shot", "birds", space="own")
    with workspace.writing(1, changes_data=True) as cursor:
        cursor.execute(
            "INSERT INTO decision (id, dataset_id, image_id, act, who, decided_at) "
            "VALUES (1, 1, 9, 'remove', 'me', now())"
        )
    assert list_zero_shot_runs(workspace, 1)[0].is_stale
    kind = load_kind("zero-shot")
    todo = kind.code().prepare(workspace, "birds", kind.read({"space": "own"}), 99).todo
    assert 9 not in todo["image_id"].to_pylist() and todo.num_rows == 239
    land(workspace, 1, [image_row("new.png")], run_id=9)
    assert kind.code().prepare(workspace, "birds", kind.read({"space": "own"}), 99).todo.num_rows == 239


@pytest.mark.long
def test_a_map_can_be_coloured_by_the_newest_runs_label(workspace, tiny_clip) -> None:
    clip_birds(workspace, tiny_clip)
    placed = run_job(workspace, "projection", "birds", method="pca", space="tiny")
    assert "Zero-shot label" not in colours.offered({"projection"})
    assert (point_zero_shot(workspace, placed.run_id) == -1).all()
    job = run_job(workspace, "zero-shot", "birds", space="own")
    colour = colours.offered({"zero-shot"})["Zero-shot label"]
    told = named_labels(workspace, run_id=job.run_id, label_run=0)["predicted"].to_pylist()
    assert colour.read(workspace, placed.run_id).tolist() == [-1, *told]  # the first vector was zero
