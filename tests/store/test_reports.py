"""Reports and the project sheet in the file: nothing is deleted, and who saves second overwrites nothing."""

import datetime

import pytest

from store import report_blocks, reports
from store.decisions import Act, decide
from store.errors import BadReport, ReportChanged, TextTooLong, UnknownReport
from store.project import (
    add_timeline_note,
    forget_timeline_note,
    project_history,
    project_texts,
    timeline_notes,
    what_happened,
    write_project_text,
)
from store.report_blocks import BlockDraft, Drawing
from tests.support.small_workspace import image_row, land, new_dataset

WHEN = datetime.datetime(2026, 11, 30, 12)


@pytest.fixture
def pets(workspace):
    dataset = new_dataset(workspace, "pets")
    land(workspace, dataset.id, [image_row(f"{n}.png", label=n % 2) for n in range(4)])
    return dataset


@pytest.fixture
def report_id(workspace, pets) -> int:
    blocks = [(BlockDraft("text", title=title), None) for title in "ABC"]
    blocks.append((BlockDraft("map", title="D"), Drawing(0, "[]", (7,), 3, WHEN)))
    return reports.begin_report(workspace, pets.id, title="On pets", blocks=blocks, who="Ana")


def titles(workspace, report_id: int) -> str:
    return "".join(block.title for block in report_blocks.list_blocks(workspace, report_id))


def block(workspace, report_id: int, title: str) -> report_blocks.BlockRow:
    return next(each for each in report_blocks.list_blocks(workspace, report_id) if each.title == title)


def test_a_report_holds_its_blocks_in_order_with_what_they_were_drawn_to(workspace, pets, report_id) -> None:
    assert titles(workspace, report_id) == "ABCD"
    (report,) = reports.list_reports(workspace, pets.id)
    assert (report.title, report.n_blocks, report.n_hidden, report.begun_by) == ("On pets", 4, 0, "Ana")
    (drawing,) = report_blocks.list_drawings(workspace, report_id).values()
    assert (drawing.block_id, drawing.run_ids) == (block(workspace, report_id, "D").id, (7,))


def test_blocks_move_and_stay_where_they_are_put(workspace, report_id) -> None:
    for title, by, after in (("A", 1, "BACD"), ("D", -3, "DBAC"), ("B", 9, "DACB"), ("D", -1, "DACB")):
        report_blocks.move_block(workspace, block(workspace, report_id, title), by=by, who="Ana")
        assert titles(workspace, report_id) == after


def test_many_moves_between_the_same_two_never_mix_the_order(workspace, report_id) -> None:
    for n in range(60):
        first = titles(workspace, report_id)[1]
        report_blocks.move_block(workspace, block(workspace, report_id, first), by=1, who="Ana")
        assert titles(workspace, report_id)[2] == first, n


def test_a_block_is_added_behind_another_and_at_the_end(workspace, pets, report_id) -> None:
    behind = block(workspace, report_id, "B").id
    reports.add_block(workspace, pets.id, BlockDraft("text", "X"), report_id=report_id, behind=behind, who="Bo")
    reports.add_block(workspace, pets.id, BlockDraft("text", "Z"), report_id=report_id, who="Bo")
    assert titles(workspace, report_id) == "ABXCDZ"


def test_who_saves_second_is_told_who_was_first(workspace, report_id) -> None:
    seen = block(workspace, report_id, "A")
    report_blocks.change_block(workspace, seen, BlockDraft("text", "A", text="Ana's"), who="Ana")
    with pytest.raises(ReportChanged, match="Ana changed the block “A” meanwhile"):
        report_blocks.change_block(workspace, seen, BlockDraft("text", "A", text="Bo's"), who="Bo")
    with pytest.raises(ReportChanged):
        report_blocks.take_out_block(workspace, seen, who="Bo")
    assert block(workspace, report_id, "A").text == "Ana's"
    wordings = report_blocks.block_history(workspace, seen.id)
    assert [(each.edition, each.text, each.who) for each in wordings] == [(2, "Ana's", "Ana"), (1, "", "Ana")]


def test_what_is_taken_out_can_be_put_back(workspace, report_id) -> None:
    seen = block(workspace, report_id, "B")
    report_blocks.take_out_block(workspace, seen, who="Ana")
    assert titles(workspace, report_id) == "ACD"
    with pytest.raises(ReportChanged, match="Ana took out the block “B” meanwhile"):
        report_blocks.change_block(workspace, seen, seen.draft, who="Bo")
    report_blocks.put_back_block(workspace, seen, who="Ana")
    assert titles(workspace, report_id) == "ABCD"
    with pytest.raises(ReportChanged):  # it is there already
        report_blocks.put_back_block(workspace, seen, who="Bo")


def test_a_report_is_renamed_and_forgotten_by_the_first_alone(workspace, pets, report_id) -> None:
    reports.rename_report(workspace, pets.id, report_id=report_id, edition=1, title="New", who="Ana")
    with pytest.raises(ReportChanged):
        reports.forget_report(workspace, pets.id, report_id=report_id, edition=1, who="Bo")
    reports.forget_report(workspace, pets.id, report_id=report_id, edition=2, who="Ana")
    assert reports.list_reports(workspace, pets.id) == []
    with pytest.raises(UnknownReport, match="none yet"):
        reports.find_report(workspace, pets.id, report_id=report_id)


def test_too_much_is_refused(workspace, pets, report_id) -> None:
    with pytest.raises(BadReport, match="needs a title"):
        reports.begin_report(workspace, pets.id, title=" ", blocks=[], who="Ana")
    with pytest.raises(TextTooLong):
        reports.add_block(workspace, pets.id, BlockDraft("text", "x" * 501), report_id=report_id, who="Ana")
    large = Drawing(block(workspace, report_id, "A").id, "x" * (report_blocks.MOST_BYTES + 1), (), 0, WHEN)
    with pytest.raises(BadReport, match="16 MB at most"):
        report_blocks.record_drawings(workspace, [large])
    with pytest.raises(BadReport, match="500 blocks at most"):
        reports.begin_report(workspace, pets.id, title="x", blocks=[(BlockDraft("text"), None)] * 501, who="Ana")


def test_the_sheet_keeps_every_wording_and_overwrites_nobody(workspace, pets) -> None:
    write_project_text(workspace, pets.id, field="theme", text="Cats", edition=0, who="Ana")
    write_project_text(workspace, pets.id, field="theme", text="Cats and dogs", edition=1, who="Bo")
    with pytest.raises(ReportChanged, match="Bo changed this meanwhile"):
        write_project_text(workspace, pets.id, field="theme", text="Only cats", edition=1, who="Ana")
    assert project_texts(workspace, pets.id)["theme"].text == "Cats and dogs"
    wordings = project_history(workspace, pets.id, field="theme")
    assert [(each.text, each.who) for each in wordings] == [("Cats and dogs", "Bo"), ("Cats", "Ana")]


def test_notes_stand_on_their_day_until_they_are_forgotten(workspace, pets) -> None:
    late = add_timeline_note(workspace, pets.id, day=datetime.date(2026, 11, 9), text="Late", who="Ana")
    add_timeline_note(workspace, pets.id, day=datetime.date(2026, 11, 2), text="Early", who="Bo")
    assert [note.text for note in timeline_notes(workspace, pets.id)] == ["Early", "Late"]
    forget_timeline_note(workspace, pets.id, note_id=late, who="Ana")
    assert [note.text for note in timeline_notes(workspace, pets.id)] == ["Early"]
    with pytest.raises(UnknownReport):
        forget_timeline_note(workspace, pets.id, note_id=late, who="Ana")


def test_decisions_are_told_by_day_act_and_person(workspace, pets) -> None:
    decide(workspace, pets.id, [Act(n, "remove") for n in (1, 2)], who="Ana")
    decide(workspace, pets.id, [Act(3, "keep")], who="Bo")
    told = {(each.what, each.n, each.who) for each in what_happened(workspace, pets.id) if each.kind == "decisions"}
    assert told == {("remove", 2, "Ana"), ("keep", 1, "Bo")}
