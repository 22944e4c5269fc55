"""An analysis goes through its steps: what is fresh is not run, what cannot be is left out, what was killed goes on."""

import json
from dataclasses import dataclass, field

import pytest

from jobs.engine.analyses import MOST_ATTEMPTS, MOST_KEPT, Analyses
from jobs.engine.analysis import FOLDER, FRESH, LEFT_OUT, STEP_FAILED, WAITING, Analysis, is_good, load_all, summary
from jobs.engine.errors import FolderNotAllowed, NothingToDo, NotNow
from jobs.engine.folder import job_folder, write_json
from jobs.engine.intake import Intake
from jobs.engine.recipes import RecipeRefused
from jobs.engine.spec import CANCELLED, DONE, FAILED, INTERRUPTED, RUNNING
from jobs.engine.troubles import Troubles
from store.connection import Workspace
from store.decisions import Act, decide
from store.errors import DiskFull, UnknownDataset
from store.runs import RunStart, finish_run, new_run_id, start_run
from store.subjects import PICTURES
from tests.support.small_workspace import image_row, land, new_dataset

CHAIN = '[steps.embed]\n[steps.neighbours]\nneeds = ["embed"]\n[steps.medoids]\nafter = ["neighbours"]\n'


@dataclass
class Owner:
    """Takes orders as a supervisor does, and leaves the jobs to the test."""

    workspace: Workspace
    intake: Intake
    orders: list[tuple[str, str, dict]] = field(default_factory=list)
    refusals: dict[str, Exception] = field(default_factory=dict)
    resumed: list[str] = field(default_factory=list)
    cancelled: list[str] = field(default_factory=list)

    def start(self, kind, *, dataset, parameters=None, who="", hold=False, trusted=False, job_id="") -> str:
        if kind in self.refusals:
            raise self.refusals[kind]
        self.orders.append((kind, dataset, dict(parameters or {})))
        job_id = f"{kind}-{len(self.orders):06x}"
        job_folder(self.workspace.root, job_id).path.mkdir(parents=True)
        self.state(job_id, RUNNING)
        return job_id

    def cancel(self, job_id) -> None:
        self.cancelled.append(job_id)

    def resume(self, job_id) -> str:
        self.resumed.append(job_id)
        self.state(job_id, RUNNING)
        return job_id

    def state(self, job_id: str, state: str, *, message: str = "", **figures) -> None:
        content = {"id": job_id, "state": state, "run_id": 7, "message": message, "figures": figures}
        write_json(job_folder(self.workspace.root, job_id).path / "state.json", content)

    @property
    def kinds(self) -> list[str]:
        return [kind for kind, _, _ in self.orders]


@pytest.fixture
def owner(workspace):
    dataset = new_dataset(workspace, "pets")
    land(workspace, dataset.id, [image_row(f"{n}.png", label=n % 2) for n in range(4)])
    with workspace.writing(dataset.id) as cursor:
        cursor.execute("INSERT INTO class_name (dataset_id, index, name) VALUES (1, 0, 'cat'), (1, 1, 'dog')")
    return Owner(workspace, Intake(workspace.root, import_roots=[workspace.root / "pictures"]))


@pytest.fixture
def analyses(owner) -> Analyses:
    return Analyses(owner, troubles=Troubles())


def states(analyses: Analyses) -> dict[str, str]:
    return {step.name: step.state for step in newest(analyses).steps}


def newest(analyses: Analyses) -> Analysis:
    found = analyses.newest("pets")
    assert found is not None
    return found


def finish(owner: Owner, analyses: Analyses, name: str, state: str = DONE, **said) -> None:
    owner.state(newest(analyses).step(name).job_id, state, **said)
    analyses.look()


def finished_run(workspace: Workspace, kind: str, parameters: dict, *, reads=None) -> int:
    run_id = new_run_id(workspace)
    with workspace.writing(1) as cursor:
        generation = workspace.generation(1)
        start_run(cursor, RunStart(run_id, 1, f"{kind}-x", kind, None, parameters, None, "v", generation, None, reads))
        finish_run(cursor, run_id, complete=True, seconds=3.0, figures={"k": 5, "n_images": 4})
    return run_id


def test_steps_are_begun_when_what_they_wait_for_is_over(owner, analyses) -> None:
    analyses.start("pets", recipe=CHAIN, who="Ada")
    analyses.look()
    assert owner.kinds == ["embed"] and states(analyses) == {
        "embed": RUNNING,
        "neighbours": WAITING,
        "medoids": WAITING,
    }
    finish(owner, analyses, "embed", n_vectors=4, space="s")
    assert owner.kinds == ["embed", "neighbours"]
    finish(owner, analyses, "neighbours", FAILED, message="It broke.")
    assert newest(analyses).step("neighbours").state == STEP_FAILED
    assert owner.kinds[-1] == "medoids"  # it only comes after the graph, and does without
    finish(owner, analyses, "medoids", k=2, n_images=4)
    done = newest(analyses)
    assert done.state == DONE and not is_good(done) and "2 pictures stand for 4." in json.dumps(summary(done))


def test_what_needs_a_step_that_was_not_done_is_left_out_and_the_rest_runs(owner, analyses) -> None:
    owner.refusals["embed"] = NothingToDo("There are no pictures.")
    analyses.start("pets", recipe=CHAIN)
    analyses.look()
    assert states(analyses) == {"embed": LEFT_OUT, "neighbours": LEFT_OUT, "medoids": RUNNING}
    assert newest(analyses).step("embed").sentence == "There are no pictures."
    assert newest(analyses).step("neighbours").sentence == "It needs embed, which was not done."
    finish(owner, analyses, "medoids")
    assert is_good(newest(analyses))  # what cannot be done is no failure


def test_an_analysis_of_which_nothing_was_done_is_not_good(owner, analyses) -> None:
    owner.refusals["embed"] = NothingToDo("There are no pictures.")
    analyses.start("pets", recipe="[steps.embed]")
    analyses.look()
    assert newest(analyses).state == DONE and not is_good(newest(analyses))


def test_a_worker_that_finds_out_that_it_cannot_be_done_is_no_failure(owner, analyses) -> None:
    analyses.start("pets", recipe="[steps.embed]")
    analyses.look()
    job_id = newest(analyses).step("embed").job_id
    write_json(job_folder(owner.workspace.root, job_id).path / "failed.json", {"reason": "x", "cannot": True})
    finish(owner, analyses, "embed", FAILED, message="Three pictures are too few.")
    assert states(analyses) == {"embed": LEFT_OUT} and newest(analyses).step("embed").sentence.startswith("Three")


def test_what_is_fresh_is_not_run_again_and_what_is_stale_is(owner, analyses) -> None:
    run_id = finished_run(owner.workspace, "neighbours", {"k": 90}, reads=[PICTURES])
    medoids = finished_run(owner.workspace, "medoids", {"k": 0}, reads=["labels"])
    recipe = "[steps.neighbours]\n[steps.medoids]\n"
    analyses.start("pets", recipe=recipe)
    analyses.look()
    assert states(analyses) == {"neighbours": FRESH, "medoids": FRESH} and newest(analyses).state == DONE
    assert [step.run_id for step in newest(analyses).steps] == [run_id, medoids]
    decide(owner.workspace, 1, [Act(1, "relabel", label=1)], who="Ada")
    analyses.start("pets", recipe=recipe)
    analyses.look()
    assert owner.kinds == ["medoids"] and states(analyses)["neighbours"] == FRESH


def test_a_run_with_other_parameters_than_the_recipe_gives_is_not_its_result(owner, analyses) -> None:
    finished_run(owner.workspace, "neighbours", {"k": 90}, reads=[PICTURES])
    analyses.start("pets", recipe="[steps.neighbours]\nparameters = { k = 30 }")
    analyses.look()
    assert owner.orders == [("neighbours", "pets", {"k": 30})]


def test_what_rests_on_a_step_that_was_made_anew_is_made_anew(owner, analyses) -> None:
    finished_run(owner.workspace, "medoids", {}, reads=[PICTURES])
    finished_run(owner.workspace, "neighbours", {}, reads=[PICTURES])
    analyses.start("pets", recipe='[steps.neighbours]\n[steps.medoids]\nneeds = ["neighbours"]')
    analyses.look()
    assert states(analyses) == {"neighbours": FRESH, "medoids": RUNNING}


def test_a_killed_worker_is_resumed_but_not_for_ever(owner, analyses) -> None:
    analyses.start("pets", recipe="[steps.embed]")
    analyses.look()
    for n in range(MOST_ATTEMPTS):
        finish(owner, analyses, "embed", INTERRUPTED)
        assert len(owner.resumed) == n + 1
    finish(owner, analyses, "embed", INTERRUPTED, message="It ended without a word.")
    assert states(analyses) == {"embed": STEP_FAILED} and len(owner.resumed) == MOST_ATTEMPTS


def test_an_analysis_goes_on_with_the_next_owner(owner, analyses) -> None:
    analysis_id = analyses.start("pets", recipe=CHAIN)
    analyses.look()
    owner.state(newest(analyses).step("embed").job_id, DONE, n_vectors=4, space="s")
    after = Analyses(owner, troubles=Troubles())  # the first was killed before it saw that
    after.look()
    assert newest(after).id == analysis_id and states(after) == {
        "embed": DONE,
        "neighbours": RUNNING,
        "medoids": WAITING,
    }
    assert owner.kinds == ["embed", "neighbours"]


def test_a_step_whose_job_was_never_laid_out_is_begun_again(owner, analyses) -> None:
    analyses.start("pets", recipe="[steps.embed]")
    analyses.look()
    folder = job_folder(owner.workspace.root, newest(analyses).step("embed").job_id).path
    (folder / "state.json").unlink()
    folder.rmdir()
    analyses.look()
    assert owner.kinds == ["embed", "embed"]


def test_two_people_who_ask_get_one_analysis(owner, analyses) -> None:
    first = analyses.start("pets", recipe=CHAIN, who="Ada")
    assert analyses.start("pets", recipe="[steps.embed]", who="Grace") == first
    analyses.look()
    assert owner.kinds == ["embed"]


def test_cancelling_ends_the_job_and_what_waits(owner, analyses) -> None:
    analysis_id = analyses.start("pets", recipe=CHAIN)
    analyses.look()
    analyses.cancel(analysis_id)
    analyses.look()
    assert owner.cancelled == [newest(analyses).step("embed").job_id]
    assert newest(analyses).state == CANCELLED and set(states(analyses).values()) == {CANCELLED}
    with pytest.raises(NotNow):
        analyses.cancel(analysis_id)


def test_a_full_disk_is_waited_for_and_said(owner, analyses, monkeypatch) -> None:
    monkeypatch.setattr("jobs.engine.analyses.TRY_AGAIN_S", 0.0)
    owner.refusals["embed"] = DiskFull("The disk is full.")
    analyses.start("pets", recipe="[steps.embed]")
    analyses.look()
    assert states(analyses) == {"embed": WAITING} and newest(analyses).trouble == "The disk is full."
    owner.refusals.clear()
    analyses.look()
    assert states(analyses) == {"embed": RUNNING} and newest(analyses).trouble == ""


def test_a_detector_is_left_out_until_its_weights_are_at_hand(owner, analyses) -> None:
    analyses.start("pets", recipe="[steps.detect]")
    analyses.look()
    assert states(analyses) == {"detect": LEFT_OUT} and "ONNX file" in newest(analyses).step("detect").sentence
    weights = owner.workspace.root / "models" / "yolo.onnx"
    weights.write_bytes(b"x")
    analyses.start("pets", recipe="[steps.detect]")
    analyses.look()
    assert owner.orders == [("detect", "pets", {"weights": str(weights)})]


def test_a_recipe_is_kept_and_given_up(owner, analyses) -> None:
    analyses.keep_recipe(CHAIN)
    assert Analyses(owner, troubles=Troubles()).recipe() == CHAIN
    with pytest.raises(RecipeRefused):
        analyses.keep_recipe("[steps.paint]")
    assert analyses.recipe() == CHAIN
    analyses.keep_recipe("")
    assert "[steps.label-issues]" in analyses.recipe()


def test_what_cannot_be_begun_leaves_nothing(owner, analyses) -> None:
    with pytest.raises(UnknownDataset):
        analyses.start("birds")
    with pytest.raises(RecipeRefused):
        analyses.start("pets", recipe="[steps.paint]")
    assert load_all(owner.workspace.root) == [] and analyses.newest("pets") is None


@pytest.mark.parametrize(
    "content", ["", "[]", "{}", '{"id": "analyse-000000"}', '{"id": "analyse-000000", "steps": 3}']
)
def test_a_file_that_is_no_analysis_is_passed_over(owner, content) -> None:
    folder = owner.workspace.root / FOLDER
    folder.mkdir()
    (folder / "analyse-000000.json").write_text(content)
    assert load_all(owner.workspace.root) == []
    Analyses(owner, troubles=Troubles()).look()


def test_a_recipe_that_a_visitor_keeps_names_no_file_of_the_machine(owner, analyses) -> None:
    for path in ("weights", "class_file"):
        with pytest.raises(FolderNotAllowed):
            analyses.keep_recipe(f"[steps.detect]\nparameters = {{ {path} = '/etc/passwd' }}")
    assert "[steps.label-issues]" in analyses.recipe()  # the owner's command would have run it


def test_only_the_newest_analyses_of_a_dataset_are_kept(owner, analyses) -> None:
    owner.refusals["embed"] = NothingToDo("There are no pictures.")
    for _ in range(MOST_KEPT + 5):
        last = analyses.start("pets", recipe="[steps.embed]")
        analyses.look()
    kept = load_all(owner.workspace.root)
    assert len(kept) == MOST_KEPT and kept[-1].id == last == newest(analyses).id


@pytest.mark.parametrize(("names", "state"), [(("0", "1"), LEFT_OUT), (("cat", "dog"), RUNNING), (("1", "ß"), RUNNING)])
def test_names_that_are_numbers_are_not_put_to_a_model_of_words(owner, analyses, names, state) -> None:
    with owner.workspace.writing(1) as cursor:
        for index, name in enumerate(names):
            cursor.execute("UPDATE class_name SET name = ? WHERE index = ?", [name, index])
    analyses.start("pets", recipe="[steps.zero-shot]")
    analyses.look()
    assert states(analyses) == {"zero-shot": state}
    if state == LEFT_OUT:
        assert "Dictionary" in newest(analyses).step("zero-shot").sentence


def test_prompts_for_classes_that_are_numbers_are_asked(owner, analyses) -> None:
    with owner.workspace.writing(1) as cursor:
        cursor.execute("UPDATE class_name SET name = index::VARCHAR")
    analyses.start("pets", recipe='[steps.zero-shot]\nparameters = { prompts = \'[["a cat"], ["a dog"]]\' }')
    analyses.look()
    assert owner.kinds == ["zero-shot"]


def test_the_time_left_counts_what_will_be_done_by_the_pictures_there_are(owner, analyses) -> None:
    analyses.start("pets", recipe="[steps.embed]\n[steps.detect]", source={"folder": "/pictures"}, trusted=True)
    before = newest(analyses)
    assert before.step("detect").expected_s == 0  # no weights are at hand
    assert before.step("embed").expected_s < 5  # four pictures
    unknown = analyses.start("birds", recipe="[steps.embed]", source={"folder": "/pictures"}, trusted=True)
    guessed = next(each for each in load_all(owner.workspace.root) if each.id == unknown)
    assert guessed.step("embed").expected_s > 30
    analyses.look()
    birds = new_dataset(owner.workspace, "birds")
    land(owner.workspace, birds.id, [image_row("1.png")])
    owner.state(guessed_job(owner, "birds"), DONE)
    analyses.look()
    assert analyses.newest("birds").step("embed").expected_s < 5


def guessed_job(owner, dataset: str) -> str:
    number = next(n for n, (_, of, _) in enumerate(owner.orders, 1) if of == dataset)
    return f"import-{number:06x}"


def test_an_owner_killed_while_a_step_begins_leaves_a_job_that_the_next_one_knows(owner, analyses, monkeypatch) -> None:
    orders = []

    def killed(kind, *, dataset, job_id="", **_) -> str:
        orders.append(job_id)
        job_folder(owner.workspace.root, job_id).path.mkdir(parents=True)
        owner.state(job_id, RUNNING)
        raise SystemExit

    with monkeypatch.context() as until_killed:
        until_killed.setattr(owner, "start", killed)
        analyses.start("pets", recipe="[steps.neighbours]")
        with pytest.raises(SystemExit):
            analyses._go_on(next(iter(analyses._active.values())))
    after = Analyses(owner, troubles=Troubles())
    after.look()
    (step,) = newest(after).steps
    assert (step.state, [step.job_id], owner.kinds) == (RUNNING, orders, [])


def test_a_step_whose_owner_was_killed_before_its_job_was_laid_out_is_begun_again(owner, analyses, monkeypatch) -> None:
    with monkeypatch.context() as until_killed:
        until_killed.setattr(owner, "start", lambda *_, **__: (_ for _ in ()).throw(SystemExit))
        analyses.start("pets", recipe="[steps.neighbours]")
        with pytest.raises(SystemExit):
            analyses._go_on(next(iter(analyses._active.values())))
    after = Analyses(owner, troubles=Troubles())
    after.look()
    after.look()
    assert (newest(after).steps[0].state, owner.kinds) == (RUNNING, ["neighbours"])


def test_what_needs_a_collection_waits_for_the_import_that_follows_it(owner, analyses) -> None:
    recipe = '[steps.collect]\nparameters = { queries = "cat" }\n[steps.embed]\nneeds = ["collect"]\n'
    analyses.start("pets", recipe=recipe)
    analyses.look()
    job_id = newest(analyses).step("collect").job_id
    follows = job_folder(owner.workspace.root, job_id).path / "then.json"
    write_json(follows, {"kind": "import", "dataset": "pets", "parameters": {}, "who": ""})
    finish(owner, analyses, "collect", n_found=3, n_kept=2, n_failed=1)
    assert owner.kinds == ["collect"], "the import has yet to be started"
    imported = owner.start("import", dataset="pets")
    write_json(follows, {"kind": "import", "dataset": "pets", "parameters": {}, "who": "", "job": imported})
    analyses.look()
    assert states(analyses)["collect"] == RUNNING
    owner.state(imported, DONE)
    analyses.look()
    assert states(analyses) == {"collect": DONE, "embed": RUNNING}
    assert newest(analyses).step("collect").sentence.startswith("2 kept of 3 found")


def test_a_recipe_may_begin_with_a_collection_for_a_dataset_that_is_not_there_yet(owner, analyses) -> None:
    recipe = '[steps.collect]\nparameters = { queries = "cat" }\n'
    analyses.start("new pets", recipe=recipe)
    analyses.look()
    assert owner.orders == [("collect", "new pets", {"queries": "cat"})]
