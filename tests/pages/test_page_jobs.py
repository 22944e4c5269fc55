import datetime
from functools import partial

import pytest

from jobs.engine.folder import job_folder
from jobs.engine.kinds import all_kinds
from jobs.engine.spec import CANCELLED, DONE, FAILED, HELD, INTERRUPTED, QUEUED, RUNNING, JobView, Progress
from pages.jobs.history import HistoryFilters, matching
from pages.ui import job_wording, owner
from tests.support.seen_page import texts
from tests.support.small_workspace import image_row, land, new_dataset
from tests.support.visit import visit

NOON = datetime.datetime(2026, 3, 3, 12, 0)


def job(**changed: object) -> JobView:
    view = {
        "id": "embed-1a2b3c",
        "kind": "embed",
        "dataset": "birds",
        "dataset_id": 1,
        "state": DONE,
        "attempt": 1,
    }
    view |= {
        "parameters": {"model": "m", "device": "auto", "trial": 0},
        "n_todo": 100,
        "n_done": 100,
        "n_failed": 0,
    }
    view |= {
        "message": "",
        "who": "app",
        "run_id": 1,
        "created_at": NOON,
        "started_at": NOON,
        "finished_at": NOON,
    }
    return JobView(**{**view, **changed})


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0.2, "under a second"),
        (8, "8 s"),
        (89, "89 s"),
        (180, "3 min"),
        (4800, "80 min"),
        (7260, "2 h 1 min"),
    ],
)
def test_durations_are_said_in_the_unit_that_fits(seconds, words):
    assert job_wording.span(seconds) == words


def test_a_running_job_says_how_far_how_fast_and_how_long_still():
    progress = Progress(done=250, total=1000, per_second=12.5, rss_bytes=812_000_000, failed=3)
    running = job(state=RUNNING, progress=progress, n_todo=1000)
    assert job_wording.how_far(running) == "250 of 1,000, 25 %"
    assert job_wording.how_fast(running) == "12 images a second, about 60 s left, 3 failed, 812 MB of memory"
    assert job_wording.at_a_glance(running) == "25 %, about 60 s left"


def test_a_job_without_a_rate_promises_no_time():
    starting = job(state=RUNNING, progress=Progress(total=10), n_todo=10)
    assert job_wording.how_fast(starting) == ""
    assert job_wording.at_a_glance(starting) == "starting"
    assert job_wording.at_a_glance(job(state=QUEUED)) == "waiting"


def test_an_import_says_what_was_new_changed_and_failed():
    figures = {
        "n_read": 12,
        "n_changed": 2,
        "n_failed": 1,
        "n_failures": 3,
        "n_exact_groups": 1,
        "n_images": 11,
    }
    done = job(kind="import", parameters={}, figures=figures)
    assert job_wording.outcome(done, kinds=all_kinds()) == "9 new, 2 changed, 3 failed; 1 group of exact duplicates."


def test_a_job_is_told_by_its_kind_and_one_of_a_kind_that_is_gone_by_its_name():
    kinds = all_kinds()
    assert job_wording.title(job(), kinds=kinds) == "Embedding of birds with m"
    trial = job(parameters={"model": "m", "trial": 64}, figures={"images_per_second": 80.0, "device": "cpu"})
    assert job_wording.short_title(trial, kinds=kinds) == "Speed trial of birds"
    assert job_wording.outcome(trial, kinds=kinds) == "80 images a second on cpu."
    gone = job(kind="mean-colour", parameters={}, figures={"n": 3})
    assert job_wording.short_title(gone, kinds=kinds) == "Mean-colour of birds"
    assert job_wording.outcome(gone, kinds=kinds) == "Done."


def test_a_resumed_import_speaks_of_the_whole_not_of_its_last_attempt():
    figures = {
        "n_read": 2,
        "n_changed": 0,
        "n_failed": 0,
        "n_failures": 0,
        "n_exact_groups": 334,
        "n_images": 31848,
    }
    done = job(kind="import", parameters={}, figures=figures, attempt=2)
    told = job_wording.outcome(done, kinds=all_kinds())
    assert told == "31,848 images, 0 files not taken in; 334 groups of exact duplicates."


def test_a_failed_job_says_its_reason():
    assert job_wording.outcome(job(state=FAILED, message="The disk is full."), kinds={}) == "The disk is full."


def test_an_estimate_names_time_images_and_speed():
    assert job_wording.estimate(31848, 80) == "about 7 min for 31,848 images at 80 a second"


def test_the_speed_before_is_that_of_the_newest_finished_run_of_the_model_on_the_device():
    slow = {"images_per_second": 3.0, "device": "cpu"}
    fast = {"images_per_second": 900.0, "device": "cuda:0"}
    jobs = [
        job(state=CANCELLED, figures={"images_per_second": 1.0, "device": "cpu"}),
        job(n_todo=4, figures={"images_per_second": 2.0, "device": "cpu"}),
        job(parameters={"model": "other"}, figures=slow),
        job(id="embed-000001", figures=fast),
        job(id="embed-000002", figures=slow),
    ]
    assert job_wording.speed_before(jobs, model="m", device="auto")[1] == 900.0
    assert job_wording.speed_before(jobs, model="m", device="cpu")[0].id == "embed-000002"
    assert job_wording.speed_before(jobs, model="m", device="cuda:1") is None


def test_a_time_is_shown_on_the_readers_clock():
    now = datetime.datetime(2026, 3, 3, 23, 30)
    assert job_wording.when(NOON, zone="UTC", now=now) == "12:00"
    assert job_wording.when(NOON, zone="Asia/Seoul", now=now) == "Tue 21:00"
    assert job_wording.when(NOON, zone="No/Such", now=now) == "12:00"
    assert job_wording.when(NOON, zone=None, now=now + datetime.timedelta(days=40)) == "3 Mar 2026, 12:00"


def test_history_is_narrowed_by_kind_state_and_dataset(app_workspace):
    trial = job(id="embed-000001", parameters={"trial": 64})
    jobs = [job(), trial, job(id="import-000002", kind="import", state=FAILED, dataset="fish", parameters={})]
    assert matching(jobs, HistoryFilters()) == jobs
    assert matching(jobs, HistoryFilters(kind="trial")) == [trial]
    assert [found.id for found in matching(jobs, HistoryFilters(state=FAILED, dataset="fish"))] == ["import-000002"]
    assert matching(jobs, HistoryFilters(kind="import", state=INTERRUPTED)) == []


@pytest.fixture
def page(app_workspace, monkeypatch):
    devices = [{"key": "cpu", "title": "CPU (2 cores)", "free_bytes": 4e9, "total_bytes": 8e9}]
    monkeypatch.setattr(owner.get().supervisor, "devices", lambda: devices)
    return partial(visit, "jobs/page.py")


def birds(n_images: int):
    workspace = owner.get().workspace
    dataset = new_dataset(workspace)
    land(workspace, dataset.id, [image_row(f"{n}.png") for n in range(n_images)])
    return dataset


def test_an_empty_workspace_says_that_nothing_has_run(page):
    app = page()
    assert not app.exception
    assert "Nothing has run in this workspace yet." in texts(app)


def test_a_job_can_be_prepared_and_its_details_say_how_to_pack_it(page):
    birds(20)
    app = page()
    app.button(key="embed_hold").click().run()
    assert not app.exception
    (held,) = owner.get().supervisor.jobs()
    assert (held.state, held.n_todo, held.parameters["model"]) == (HELD, 20, "efficientnet-lite0")
    app.session_state[f"details-{held.id}-1"] = True
    app.run()
    assert f"vitrine pack {held.id}" in texts(app)


def test_a_missing_weights_file_is_one_sentence_and_no_job(page):
    birds(20)
    app = page()
    app.selectbox(key="embed_model").select("torchvision/resnet18").run()
    app.text_input(key="embed_weights").set_value("/no/such.pth").run()
    app.button(key="embed_hold").click().run()
    assert not app.exception
    assert "no/such.pth" in app.error[0].value.replace("\\", "")
    assert owner.get().supervisor.jobs() == []


def test_weights_are_fetched_only_when_the_box_is_ticked(page):
    birds(20)
    app = page()
    app.selectbox(key="embed_model").select("torchvision/resnet18").run()
    assert app.checkbox(key="embed_download").value is False
    app.button(key="embed_hold").click().run()
    app.checkbox(key="embed_download").check().run()
    app.button(key="embed_hold").click().run()
    newest, older = owner.get().supervisor.jobs()
    assert (older.parameters["download"], newest.parameters["download"]) == (False, True)


def test_the_history_shows_the_kept_jobs_and_the_filter_narrows_it(page):
    birds(20)
    app = page()
    app.button(key="embed_hold").click().run()
    assert "1 of 1 jobs drawn" in texts(app)
    app.selectbox(key="job_state").select(HELD).run()
    assert "1 of 1 jobs drawn" in texts(app)


def test_a_cluster_is_offered_only_where_there_is_one(page, monkeypatch):
    birds(20)
    assert not [radio for radio in page().radio if radio.key == "embed_on"]
    monkeypatch.setattr("jobs.engine.backends.is_ray_installed", lambda: True)
    app = page()
    assert app.radio(key="embed_on").value == ""
    app.radio(key="embed_on").set_value("ray").run()
    app.button(key="embed_hold").click().run()
    assert not app.exception and not app.error
    (held,) = owner.get().supervisor.jobs()
    assert job_folder(owner.get().workspace.root, held.id).spec().on == "ray"
    labels = [button.label for button in app.button]
    assert "Start" in labels and "Start on Ray" in labels
