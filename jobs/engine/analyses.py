"""Recipes at work: which step is due, which is fresh, what came of each. A part of the owner, called at each beat.

A step is a plain job order. One whose result is there, and rests on nothing that has changed since, is not run again;
one that cannot be done is left out with the reason, and what does not need it goes on.
"""

import copy
import threading
import time
from collections.abc import Mapping
from typing import Any, Protocol

from jobs.engine.actors import dataset_by_name
from jobs.engine.analysis import (
    FOLDER,
    FRESH,
    LEFT_OUT,
    OPEN,
    STEP_FAILED,
    WAITING,
    Analysis,
    StepState,
    load_all,
    new_analysis,
    save,
)
from jobs.engine.conditions import require_names, weights_at_hand, weights_in
from jobs.engine.durations import expected_seconds
from jobs.engine.errors import JobError, NotNow, UnknownJob
from jobs.engine.folder import job_folder, read_json
from jobs.engine.following import what_follows
from jobs.engine.fresh import fresh_run
from jobs.engine.intake import Intake
from jobs.engine.kinds import JobKind, load_kind
from jobs.engine.recipes import IMPORT, MAKES_DATASET, keep_text, kept_text, read_recipe
from jobs.engine.refusals import REFUSALS
from jobs.engine.spec import CANCELLED, DONE, ENDED, FAILED, INTERRUPTED, RUNNING, JobView, new_job_id
from jobs.engine.troubles import Troubles
from jobs.engine.worker import sentence_for
from store.acting import does
from store.connection import Workspace, utc_now
from store.datasets import Dataset, find_dataset, list_datasets
from store.errors import DiskFull
from store.ledger import find_job
from store.points import POINTS
from store.runs import FinishedRun
from store.vectors import list_spaces

MOST_ATTEMPTS = 5  # of a step whose worker is killed again and again
TRY_AGAIN_S = 10.0  # after a disk without room
MOST_ACTIVE = 20
MOST_KEPT = 20  # of a dataset


def _dataset_of_analysis(given: Mapping[str, Any]) -> int:
    """The dataset of the analysis `analysis_id`; 0 where there is none."""
    found: Analyses = given["self"]
    view = found.views.get(str(given.get("analysis_id", "")))
    return 0 if view is None else dataset_by_name({"self": found, "dataset": view.dataset})


class Owner(Protocol):
    """What an analysis asks of the owner: a Supervisor."""

    workspace: Workspace
    intake: Intake

    def start(
        self, kind: str, *, dataset: str, parameters: Mapping[str, object] | None = None, who: str = "",
        hold: bool = False, trusted: bool = False, job_id: str = "",
    ) -> str: ...  # fmt: skip

    def cancel(self, job_id: str) -> None: ...

    def resume(self, job_id: str) -> str: ...


class Analyses:
    """The analyses of an open workspace; those that an owner before this one left are gone on with."""

    def __init__(self, owner: Owner, *, troubles: Troubles):
        self.owner = owner
        self._root = owner.workspace.root
        self._troubles = troubles
        self._lock = threading.Lock()
        self._looking = threading.Lock()
        self._cancelled: set[str] = set()
        self._not_before = 0.0
        known = load_all(self._root)
        self._active = {each.id: each for each in known if each.is_active}
        self.views = {each.id: copy.deepcopy(each) for each in known}

    @does("analyse", dataset_of=dataset_by_name)
    def start(
        self,
        dataset: str,
        *,
        recipe: str = "",
        source: Mapping[str, Any] | None = None,
        who: str = "",
        trusted: bool = False,
    ) -> str:
        """Begin an analysis and return its id; the id of the one at work on the dataset, where there is one.

        recipe: a TOML text; "" for the default. source: the parameters of an import that comes first. Raises
        RecipeRefused, UnknownDataset, NotNow. trusted: the caller may name any folder.
        """
        if not trusted:
            self.owner.intake.require_room()
        chosen = read_recipe(recipe or self.recipe())
        if source is not None:
            load_kind(IMPORT).read(source)
            chosen = chosen.with_import(source)
        elif chosen.steps[0].kind not in MAKES_DATASET:
            find_dataset(self.owner.workspace, dataset)
        with self._lock:
            for other in self._active.values():
                if other.dataset == dataset:
                    return other.id
            if len(self._active) >= MOST_ACTIVE:
                raise NotNow(f"{MOST_ACTIVE} analyses are at work. Cancel some, or wait.")
            analysis = new_analysis(chosen, dataset=dataset, who=who, trusted=trusted)
            self._expect(analysis)
            self._forget_old(dataset)
            save(self._root, analysis)
            self._active[analysis.id] = analysis
            self.views[analysis.id] = copy.deepcopy(analysis)
        return analysis.id

    def recipe(self) -> str:
        """The text of the recipe that this workspace keeps, else of the default one."""
        return kept_text(self._root)

    @does("keep_recipe")
    def keep_recipe(self, text: str) -> None:
        """Keep a recipe as the workspace's own; "" goes back to the default.

        A visitor may keep it and the owner's command run it, so it names no path that a visitor may not name. Raises
        RecipeRefused, FolderNotAllowed, NotNow, OSError.
        """
        self.owner.intake.require_room()
        for step in read_recipe(text).steps if text.strip() else ():
            kind = load_kind(step.kind)
            self.owner.intake.check_paths(kind, kind.read(step.parameters).as_json())
        keep_text(self._root, text)

    @does("cancel_analysis", dataset_of=_dataset_of_analysis)
    def cancel(self, analysis_id: str) -> None:
        """End an analysis and its jobs; what is finished stays. Raises NotNow where it is not at work."""
        if analysis_id not in self._active:
            raise NotNow(f"{analysis_id} is not at work: there is nothing to cancel.")
        self._cancelled.add(analysis_id)

    def newest(self, dataset: str) -> Analysis | None:
        """The newest analysis of a dataset, as it stands; nobody else changes it."""
        of_dataset = [each for each in list(self.views.values()) if each.dataset == dataset]
        return copy.deepcopy(max(of_dataset, key=lambda each: each.began)) if of_dataset else None

    def _forget_old(self, dataset: str) -> None:
        """Keep the newest of a dataset's analyses that have ended; what they made stays."""
        ended = [each for each in self.views.values() if each.dataset == dataset and not each.is_active]
        for each in sorted(ended, key=lambda each: each.began)[: -MOST_KEPT + 1]:
            (self._root / FOLDER / f"{each.id}.json").unlink(missing_ok=True)
            self.views.pop(each.id, None)

    def look(self) -> None:
        """Go on with what is at work, unless another thread does."""
        if time.monotonic() < self._not_before or not self._looking.acquire(blocking=False):
            return
        try:
            with self._lock:
                active = list(self._active.values())
            for analysis in active:
                with self._troubles.survived(f"{analysis.id} could not be gone on with"):
                    self._go_on(analysis)
        finally:
            self._looking.release()

    def _go_on(self, analysis: Analysis) -> None:
        before = analysis.as_json()
        if analysis.id in self._cancelled:
            self._end_cancelled(analysis)
        else:
            for step in analysis.steps:
                if step.state == RUNNING:
                    self._follow(analysis, step)
                if step.state == WAITING:
                    self._begin_if_due(analysis, step)
            if all(step.is_over for step in analysis.steps):
                analysis.finish(DONE)
        if analysis.as_json() == before:
            return
        try:
            save(self._root, analysis)
        except OSError as error:  # what is not written down is found again by what its jobs left
            analysis.trouble = sentence_for(error)
            self._not_before = time.monotonic() + TRY_AGAIN_S
        self.views[analysis.id] = copy.deepcopy(analysis)
        if not analysis.is_active and not analysis.trouble:
            with self._lock:
                self._active.pop(analysis.id, None)
                self._cancelled.discard(analysis.id)

    def _end_cancelled(self, analysis: Analysis) -> None:
        for step in analysis.steps:
            if step.state == RUNNING and step.job_id:
                try:
                    self.owner.cancel(step.job_id)
                except (NotNow, UnknownJob):
                    self._follow(analysis, step)
            if step.state in OPEN:
                step.state, step.sentence = CANCELLED, "Cancelled; what was finished stays."
        analysis.finish(CANCELLED)

    # One step

    def _begin_if_due(self, analysis: Analysis, step: StepState) -> None:
        waited_for = [analysis.step(name) for name in (*step.needs, *step.after)]
        if not all(other.is_over for other in waited_for):
            return
        lacking = next((o for o in waited_for if o.name in step.needs and o.state not in (DONE, FRESH)), None)
        if lacking is not None:
            step.state, step.sentence = LEFT_OUT, f"It needs {lacking.name}, which was not done."
            return
        try:
            self._begin(analysis, step)
        except DiskFull as error:
            analysis.trouble = sentence_for(error)
            self._not_before = time.monotonic() + TRY_AGAIN_S
        except REFUSALS as error:
            step.state, step.sentence = LEFT_OUT, sentence_for(error)

    def _begin(self, analysis: Analysis, step: StepState) -> None:
        kind = load_kind(step.kind)
        given = kind.read(step.parameters)
        dataset = self._dataset(analysis.dataset)
        if (
            dataset is not None
            and dataset.layout == POINTS
            and kind.name == "embed"
            and list_spaces(self.owner.workspace, dataset.id)
        ):
            step.state, step.sentence = FRESH, "Its vectors were imported."
            return
        if dataset is not None:
            needed = [analysis.step(name).run_id for name in step.needs if _grows_old(analysis.step(name))]
            run = fresh_run(
                self.owner.workspace, dataset.id, kind=kind, parameters=given, given=step.parameters, needed=needed
            )
            if run is not None:
                step.state, step.run_id, step.sentence = FRESH, run.run_id, _outcome(kind, run, dataset)
                return
        parameters = dict(step.parameters)
        if kind.name == "detect" and not parameters.get("weights"):
            parameters["weights"] = str(weights_at_hand(self._root))
        if kind.name == "zero-shot" and dataset is not None and not parameters.get("prompts"):
            require_names(self.owner.workspace, dataset)
        # written down before: an owner killed in between leaves a job that the next one knows as this step's
        step.job_id = step.job_id or new_job_id(kind.name)
        self._save_as(analysis, step, RUNNING)
        try:
            step.job_id = self.owner.start(
                kind.name,
                dataset=analysis.dataset,
                parameters=parameters,
                who=analysis.who,
                trusted=analysis.trusted,
                job_id=step.job_id,
            )
        except BaseException:
            step.state, step.job_id = WAITING, ""
            raise
        analysis.trouble = ""

    def _save_as(self, analysis: Analysis, step: StepState, state: str) -> None:
        step.state = state
        try:
            save(self._root, analysis)
        except OSError as error:
            step.state = WAITING
            raise DiskFull(f"How {analysis.id} stands could not be written down: {error}") from error

    def _follow(self, analysis: Analysis, step: StepState) -> None:
        """Take in how the job of a step stands."""
        folder = job_folder(self._root, step.job_id)
        state = folder.state()
        if state.get("state") == INTERRUPTED and step.attempts < MOST_ATTEMPTS:
            step.attempts += 1
            try:
                self.owner.resume(step.job_id)
            except DiskFull as error:
                analysis.trouble = sentence_for(error)
            except JobError as error:
                step.state, step.sentence = STEP_FAILED, sentence_for(error)
            return
        if not state and find_job(self.owner.workspace, step.job_id) is None:  # killed before it was laid out
            step.state = WAITING
            return
        if state.get("state") not in ENDED or self._is_followed(step, str(state["state"])):
            return
        figures = dict(state.get("figures") or {})
        step.seconds = round(float(figures.get("seconds", 0.0)), 1)
        step.run_id = int(state.get("run_id") or 0)
        step.sentence = str(state.get("message") or "")
        if state["state"] == DONE:
            step.state = DONE
            step.sentence = _sentence(load_kind(step.kind), state) or step.sentence or "Done."
            if step.kind in MAKES_DATASET:  # now it is known how many pictures there are
                self._expect(analysis)
        elif state["state"] == FAILED and (read_json(folder.path / "failed.json") or {}).get("cannot"):
            step.state = LEFT_OUT
        else:
            step.state = CANCELLED if state["state"] == CANCELLED else STEP_FAILED

    def _is_followed(self, step: StepState, state: str) -> bool:
        """Whether the job that ends a step's work is still to come: the import of what was collected."""
        if state != DONE or not load_kind(step.kind).ends_with_follower:
            return False
        order = what_follows(job_folder(self._root, step.job_id))
        if order is None or "refused" in order:
            return False
        return "job" not in order or job_folder(self._root, order["job"]).state().get("state") not in ENDED

    def _expect(self, analysis: Analysis) -> None:
        """Say of each step that waits how long it may take; what will be left out takes nothing."""
        expected = expected_seconds(self.owner.workspace, analysis.dataset, [step.kind for step in analysis.steps])
        has_weights = bool(weights_in(self._root))
        for step in analysis.steps:
            if step.state == WAITING:
                is_idle = step.kind == "detect" and not step.parameters.get("weights") and not has_weights
                step.expected_s = 0.0 if is_idle else expected[step.kind]

    def _dataset(self, name: str) -> Dataset | None:
        return next((one for one in list_datasets(self.owner.workspace) if one.name == name), None)


def _grows_old(step: StepState) -> bool:
    """Whether results made of a step's result are old once it has been made anew; vectors note that themselves."""
    return step.kind not in (*MAKES_DATASET, "embed")


def _outcome(kind: JobKind[Any], run: FinishedRun, dataset: Dataset) -> str:
    """What came of a run that is still fresh."""
    state = {"figures": run.figures, "parameters": run.parameters, "run_id": run.run_id, "dataset": dataset.name}
    return _sentence(kind, state) or "It is up to date."


def _sentence(kind: JobKind[Any], state: Mapping[str, Any]) -> str:
    """The outcome of a finished job in its kind's words; "" where there are none."""
    if kind.outcome is None or not state.get("figures"):
        return ""
    view = JobView(
        id=str(state.get("id", "")), kind=kind.name, dataset=str(state.get("dataset", "")), dataset_id=0,
        parameters=state.get("parameters") or {}, state=DONE, attempt=int(state.get("attempt") or 1),
        n_todo=int(state.get("n_todo") or 0), n_done=int(state.get("n_done") or 0), n_failed=0, message="", who="",
        run_id=int(state.get("run_id") or 0), created_at=utc_now(), started_at=None, finished_at=None,
        figures=state["figures"],
    )  # fmt: skip
    return kind.outcome(view)
