"""People are blurred for reviewers wherever a detector has looked for them, whatever the switch says; and only then."""

import dataclasses
from collections.abc import Iterator

import numpy as np
import pytest
from PIL import Image
from starlette.applications import Starlette
from starlette.testclient import TestClient

from pages.report import out
from pages.report.queries import ReportData
from pages.ui import blurring, media, owner
from store import acting, privacy
from store.acting import AT_HOME, LINK, REVIEWER, Actor
from store.datasets import ensure_dataset
from store.decisions import Act, decide
from store.guarded import _indexes
from store.privacy import MIN_SCORE, guard_of, switch_blur
from store.reports import Report, ReportFile
from store.versions import freeze
from tests.support.detected_workspace import dataset_of, land_boxes
from tests.support.small_workspace import image_row, land

REVIEWING = Actor(role=REVIEWER, how=LINK, name="Rev", sees_people=False)
SIDE = 96
PERSON = (0, 0.6, 20, 20, 70, 70)


class Asking:
    """A client whose requests are somebody's: the gate says whose, before any route is asked."""

    def __init__(self) -> None:
        self.actor = AT_HOME
        self._client = TestClient(self._as_somebody(Starlette(routes=media.ROUTES)))

    def _as_somebody(self, app):
        async def held(scope, receive, send):
            with acting.acting(self.actor):
                await app(scope, receive, send)

        return held

    def get(self, actor: Actor, address: str, **headers: str):
        self.actor = actor
        return self._client.get(address, headers=headers)


@pytest.fixture
def asking(app_workspace) -> Iterator[Asking]:
    yield Asking()


@pytest.fixture
def street(tmp_path, asking):
    """Two noisy pictures: in a.png a person was found, in b.png nothing."""
    folder = tmp_path / "street"
    folder.mkdir()
    rng = np.random.default_rng(1)
    for name in ("a.png", "b.png"):
        Image.fromarray(rng.integers(0, 255, (SIDE, SIDE, 3), np.uint8)).save(folder / name)
    return dataset_of(owner.get().workspace, folder)


def detected(street) -> None:
    land_boxes(owner.get().workspace, street, {"a.png": [PERSON], "b.png": []})


def row_of(name: str) -> dict:
    return owner.get().workspace.read_text("SELECT id, sha256 FROM image WHERE path = $p", p=name).to_pylist()[0]


def address(actor: Actor, name: str, *, of=media.thumb_url) -> str:
    row = row_of(name)
    with acting.acting(actor):
        return of(row["id"], row["sha256"])


@pytest.mark.parametrize("of", [media.thumb_url, media.picture_url])
def test_a_reviewer_gets_the_picture_that_the_switch_would_give_to_all(asking, street, of) -> None:
    detected(street)
    own, theirs = address(AT_HOME, "a.png", of=of), address(REVIEWING, "a.png", of=of)
    assert own != theirs
    plain, blurred = asking.get(AT_HOME, own), asking.get(REVIEWING, theirs)
    assert plain.content != blurred.content
    assert plain.headers["etag"] != blurred.headers["etag"]
    switch_blur(owner.get().workspace, street.id, blurs=True, who="Ada")
    by_switch = asking.get(AT_HOME, address(AT_HOME, "a.png", of=of))
    assert by_switch.content == asking.get(REVIEWING, address(REVIEWING, "a.png", of=of)).content == blurred.content


def test_a_picture_without_people_comes_as_it_is(asking, street) -> None:
    detected(street)
    assert (
        asking.get(REVIEWING, address(REVIEWING, "b.png")).content
        == asking.get(AT_HOME, address(AT_HOME, "b.png")).content
    )


def test_where_no_detector_has_looked_nothing_is_blurred_for_anybody(asking, street) -> None:
    assert address(AT_HOME, "a.png") == address(REVIEWING, "a.png")
    assert (
        asking.get(REVIEWING, address(REVIEWING, "a.png")).content
        == asking.get(AT_HOME, address(AT_HOME, "a.png")).content
    )


def test_an_address_of_somebody_else_is_not_kept_by_a_browser(asking, street) -> None:
    detected(street)
    own, theirs = address(AT_HOME, "a.png"), address(REVIEWING, "a.png")
    for actor, right, wrong in ((AT_HOME, own, theirs), (REVIEWING, theirs, own)):
        kept, passing = asking.get(actor, right), asking.get(actor, wrong)
        assert "private" in kept.headers["cache-control"] and "immutable" in kept.headers["cache-control"]
        assert passing.headers["cache-control"] == "no-store"
        assert passing.content == kept.content  # by who asks, not by what is asked
    etag = asking.get(AT_HOME, own).headers["etag"]
    assert asking.get(REVIEWING, own, **{"if-none-match": etag}).status_code == 200


def test_an_address_of_before_the_switch_was_turned_off_is_not_kept_either(asking, street) -> None:
    detected(street)
    workspace = owner.get().workspace
    switch_blur(workspace, street.id, blurs=True, who="Ada")
    before = address(AT_HOME, "a.png")
    switch_blur(workspace, street.id, blurs=False, who="Ada")
    assert asking.get(AT_HOME, before).headers["cache-control"] == "no-store"


def test_the_rule_follows_the_picture_into_another_dataset(asking, street, tmp_path) -> None:
    detected(street)
    workspace = owner.get().workspace
    other = ensure_dataset(workspace, "copies", root=street.root, task="single", layout="flat")
    land(workspace, other.id, [image_row("a.png", width=SIDE, height=SIDE)])
    copy = workspace.read_text("SELECT max(id) AS id FROM image")["id"][0].as_py()
    with acting.acting(REVIEWING):
        assert blurring.what_to_blur(workspace, other.id, copy) is not None
    assert blurring.what_to_blur(workspace, other.id, copy) is None


def test_the_guard_of_reviewers_takes_the_score_that_was_chosen(asking, street) -> None:
    detected(street)
    workspace = owner.get().workspace
    with acting.acting(REVIEWING):
        assert guard_of(workspace).min_scores == {street.id: MIN_SCORE}
    assert guard_of(workspace) is None
    switch_blur(workspace, street.id, blurs=True, who="Ada", min_score=0.7)
    switch_blur(workspace, street.id, blurs=False, who="Ada", min_score=0.7)
    with acting.acting(REVIEWING):
        assert guard_of(workspace).min_scores == pytest.approx({street.id: 0.7})
        assert not privacy.people_in(workspace, street.id, image_ids=[row_of("a.png")["id"]])[
            row_of("a.png")["id"]
        ].size
    assert guard_of(workspace) is None


def test_both_kinds_of_visitors_by_turns_do_not_read_the_pictures_again(asking, street, tmp_path, monkeypatch) -> None:
    detected(street)
    workspace = owner.get().workspace
    folder = tmp_path / "park"
    folder.mkdir()
    Image.new("RGB", (SIDE, SIDE), "green").save(folder / "p.png")
    park = dataset_of(workspace, folder, "park")
    land_boxes(workspace, park, {"p.png": []})
    switch_blur(workspace, park.id, blurs=True, who="Ada")  # one dataset for those who see people, two for the others
    read = []
    monkeypatch.setattr(type(workspace), "read", _counting(type(workspace).read, read))
    for _ in range(3):
        for actor in (AT_HOME, REVIEWING):
            with acting.acting(actor):
                privacy.people_in(workspace, street.id, image_ids=[row_of("a.png")["id"]])
    assert read.count("guarded_pictures") == 2 == len(_indexes[workspace])


def _counting(read, names: list[str]):
    def counted(self, statement, /, **values):
        names.append(statement)
        return read(self, statement, **values)

    return counted


def test_a_file_that_was_written_before_is_not_offered_to_whom_it_would_show_people(
    asking, street, monkeypatch
) -> None:
    drawn = []
    monkeypatch.setattr(out, "_file", drawn.append)
    workspace = owner.get().workspace
    file = ReportFile(1, 1, "html", "/x/report.html", 10, None)
    report = dataclasses.replace(_report(), id=1)
    data = dataclasses.replace(_data(), files=[file])
    with acting.acting(REVIEWING):
        out.files(street, data, report)
    assert len(drawn) == 1  # nobody has looked for people
    detected(street)
    with acting.acting(REVIEWING):
        out.files(street, data, report)
        assert len(drawn) == 1
    out.files(street, data, report)
    assert len(drawn) == 2 and not privacy.hides_people(workspace, street.id)


def _report() -> Report:
    return Report(*[None] * len(dataclasses.fields(Report)))


def _data() -> ReportData:
    return ReportData(*[None] * len(dataclasses.fields(ReportData)))


def test_of_one_version_only_its_pictures_are_served(asking, street) -> None:
    workspace = owner.get().workspace
    decide(workspace, street.id, [Act(row_of("b.png")["id"], "remove")], who="Ada")
    version = freeze(workspace, street.id, name="v1", who="Ada")
    actor = dataclasses.replace(REVIEWING, dataset_ids=frozenset([street.id]), version_id=version.id)
    assert asking.get(actor, address(actor, "a.png")).status_code == 200
    assert asking.get(actor, address(actor, "b.png")).status_code == 404
    assert asking.get(dataclasses.replace(actor, version_id=None), address(actor, "b.png")).status_code == 200
