"""Reports: complete from the start, honest where little is known, old when something came since, and never a guess."""

import json

import numpy as np
import pytest

from evidence.case import Case
from evidence.claims import Proposal, keep
from evidence.measure import ask
from evidence.report import reports
from evidence.report.parts import Chart, ClaimCard, Document, Facts, Missing
from evidence.report.topic import CHAPTERS, all_topics
from evidence.report.topics.contents import as_shares, sample_of_classes
from figures.drawn import CHARTS, draw_by_name, unpacked
from store import report_blocks
from store.datasets import find_dataset
from store.decisions import Act, decide
from store.errors import BadReport
from store.project import write_project_text
from store.report_blocks import BlockDraft
from store.selections import save_selection
from tests.support.compared_workspace import compared
from tests.support.small_workspace import image_row, land, new_dataset

FILLED_BY = {"birds": compared}
STRANGE = "<script>alert('*')</script> قطة 🐈 {claim 1} [a](http://b)"


@pytest.fixture
def birds(workspace):
    return find_dataset(workspace, "birds")


@pytest.fixture
def pets(workspace):
    """An import and nothing else."""
    dataset = new_dataset(workspace, "pets")
    land(workspace, dataset.id, [image_row(f"{n}.png", label=int(n >= 60)) for n in range(100)])
    with workspace.writing(dataset.id) as cursor:
        for index, name in enumerate(("cat", STRANGE)):
            cursor.execute("INSERT INTO class_name (dataset_id, index, name) VALUES (?, ?, ?)", [1, index, name])
    return dataset


def document(workspace, dataset) -> Document:
    report_id = reports.begin(workspace, dataset, who="Ana")
    return reports.document_of(workspace, dataset, report_id=report_id, code_version="test")


def only(document: Document, kind: str) -> list:
    return [block for block in document.blocks if block.kind == kind]


def test_every_topic_belongs_to_a_chapter_and_every_chapter_has_one() -> None:
    chapters = [topic.chapter for topic in all_topics().values()]
    assert set(chapters) == set(CHAPTERS)
    assert chapters == sorted(chapters, key=CHAPTERS.index)


def test_of_nothing_but_an_import_the_report_is_short_and_says_what_to_run(workspace, pets) -> None:
    told = document(workspace, pets)
    missing = [part for block in told.blocks for part in block.parts if isinstance(part, Missing)]
    assert {"vitrine run projection", "vitrine run label-issues", "vitrine run train"} <= {
        each.command for each in missing
    }
    shown = {block.kind for block in told.blocks if block.parts and not isinstance(block.parts[0], Missing)}
    assert shown == {"collection", "came-in", "card", "class-balance", "samples", "duplicates", "again"}
    assert dict(told.facts)["Pictures"] == "100"
    assert len(told.model_dump_json()) < 60_000


def test_its_numbers_are_those_of_the_measures(workspace, birds) -> None:
    told = document(workspace, birds)
    (came_in,) = only(told, "came-in")
    images = ask(Case(workspace, birds), "images", {}).known
    assert dict(came_in.parts[0].rows)["Pictures"] == f"{images:,.0f}"
    (classifiers,) = only(told, "classifiers")
    chart, table, *_ = classifiers.parts
    assert [row[1] for row in table.rows] == chart.data["values"]
    assert classifiers.source.run_ids and classifiers.source.page == "compare"


def test_every_chart_of_a_report_can_be_drawn(workspace, birds) -> None:
    charts = [part for block in document(workspace, birds).blocks for part in block.parts if isinstance(part, Chart)]
    assert charts and {chart.name for chart in charts} <= set(CHARTS)
    for chart in charts:
        assert not draw_by_name(chart.name, chart.data, alt=chart.alt).is_empty, chart.name


def test_a_document_comes_back_from_json_as_it_went(workspace, birds) -> None:
    told = document(workspace, birds)
    assert Document.model_validate_json(told.model_dump_json()) == told


def test_decisions_make_a_block_old_that_reads_them_and_drawing_anew_takes_them_in(workspace, pets) -> None:
    report_id = reports.begin(workspace, pets, who="Ana")
    decide(workspace, pets.id, [Act(n, "relabel", label=1) for n in range(1, 51)], who="Ben")
    shown = {each.row.kind: each for each in reports.shown(workspace, pets, report_id=report_id)}
    assert shown["class-balance"].block.stale.startswith("Since it was drawn: 50 labels changed by Ben (")
    assert shown["map"].block.stale.startswith("Since it was drawn: 50 labels changed")  # it is coloured by class
    assert not shown["collection"].is_stale and not shown["versions"].is_stale
    before = shown["class-balance"].block.parts
    again = reports.refresh(workspace, pets, report_id=report_id, only=[shown["class-balance"].row.id])
    fresh = next(each for each in again if each.row.kind == "class-balance")
    assert not fresh.is_stale and fresh.block.parts != before
    assert next(each for each in again if each.row.kind == "came-in").is_stale  # only one was asked for


def test_what_was_drawn_stays_as_it_was_until_it_is_drawn_anew(workspace, pets) -> None:
    report_id = reports.begin(workspace, pets, who="Ana")
    before = [each.block.parts for each in reports.shown(workspace, pets, report_id=report_id)]
    decide(workspace, pets.id, [Act(n, "remove", reason="blurred") for n in range(1, 11)], who="Ben")
    assert [each.block.parts for each in reports.shown(workspace, pets, report_id=report_id)] == before


def test_words_name_claims_and_names_in_them_stay_letters(workspace, pets) -> None:
    draft = Proposal("images", {"class_index": 1}).draft(Case(workspace, pets))
    number = keep(workspace, pets, draft, who="Ana")
    report_id = reports.begin(workspace, pets, who="Ana")
    text = f"**We say:** {{claim {number}}} And {{claim 77}}"
    reports.add(workspace, pets, BlockDraft("text", text=text), report_id=report_id, who="Ana")
    words = reports.shown(workspace, pets, report_id=report_id)[-1].block.text
    assert words.startswith("**We say:** There are 40 images of \\<script\\>alert")
    assert words.endswith("*(there is no claim 77)*") and "{claim 1}" not in words.replace("\\{claim 1\\}", "")


def test_claims_come_with_their_verdict_and_a_forgotten_one_is_missed(workspace, pets) -> None:
    number = keep(workspace, pets, Proposal("images").draft(Case(workspace, pets)), who="Ana")
    report_id = reports.begin(workspace, pets, who="Ana")
    (card,) = next(
        each for each in reports.shown(workspace, pets, report_id=report_id) if each.row.kind == "claims"
    ).block.parts
    assert isinstance(card, ClaimCard)
    assert (card.claim_id, card.verdict, card.sentence) == (number, "holds", "The dataset has 100 images.")
    added = BlockDraft("claims", settings={"claim": 99})
    reports.add(workspace, pets, added, report_id=report_id, who="Ana")
    (part,) = reports.shown(workspace, pets, report_id=report_id)[-1].block.parts
    assert isinstance(part, Missing) and "no claim 99" in part.sentence


def test_the_sheet_is_the_reports_words_and_what_is_not_written_is_named(workspace, pets) -> None:
    write_project_text(workspace, pets.id, field="question", text="Can *they* be told apart?", edition=0, who="Ana")
    report_id = reports.begin(workspace, pets, who="Ana")
    theme = next(each for each in reports.shown(workspace, pets, report_id=report_id) if each.row.kind == "theme")
    assert theme.block.text == "**Question**\n\nCan *they* be told apart?"
    (part,) = theme.block.parts
    assert part.sentence == "Not written yet: Theme · Who."


def test_what_is_hidden_stays_out_of_the_document(workspace, pets) -> None:
    report_id = reports.begin(workspace, pets, who="Ana")
    row = next(each.row for each in reports.shown(workspace, pets, report_id=report_id) if each.row.kind == "came-in")
    report_blocks.change_block(workspace, row, BlockDraft("came-in", hidden=True), who="Ana")
    told = reports.document_of(workspace, pets, report_id=report_id, code_version="test")
    assert not only(told, "came-in") and only(told, "collection")


def test_a_pages_chart_stays_as_it_was_added_and_is_old_after_any_decision(workspace, pets) -> None:
    report_id = reports.begin(workspace, pets, who="Ana")
    figure = reports.as_plotly(json.dumps({"data": [{"type": "bar", "x": [1]}], "layout": {"template": {"x": 1}}}))
    about = {"alt": "A bar", "title": STRANGE, "caption": "So.", "page": "quality", "query": "below=3"}
    reports.add_figure(workspace, pets, figure=figure, **about, report_id=report_id, who="Ana")
    shown = reports.shown(workspace, pets, report_id=report_id)[-1]
    (part,) = shown.block.parts
    assert part.data == {"figure": {"data": [{"type": "bar", "x": [1]}], "layout": {}}}
    assert (shown.block.title, shown.block.source.page, shown.block.source.query) == (STRANGE, "quality", "below=3")
    decide(workspace, pets.id, [Act(1, "flag")], who="Ben")
    assert "1 picture flagged by Ben" in reports.shown(workspace, pets, report_id=report_id)[-1].block.stale
    reports.refresh(workspace, pets, report_id=report_id)
    assert reports.shown(workspace, pets, report_id=report_id)[-1].block.parts == [part]
    with pytest.raises(BadReport, match="too many points"):
        figure = {"data": [{"x": ["x" * report_blocks.MOST_BYTES]}]}
        reports.add_figure(workspace, pets, figure=figure, **about, report_id=report_id, who="Ana")


def test_an_unknown_topic_or_setting_is_refused_by_name(workspace, pets) -> None:
    report_id = reports.begin(workspace, pets, who="Ana")
    with pytest.raises(BadReport, match="There is no topic 'maps'"):
        reports.add(workspace, pets, BlockDraft("maps"), report_id=report_id, who="Ana")
    with pytest.raises(BadReport, match="how_many"):
        reports.add(workspace, pets, BlockDraft("samples", settings={"how_many": 3}), report_id=report_id, who="Ana")


def test_paths_of_the_machine_are_in_no_report(workspace, pets) -> None:
    told = document(workspace, pets).model_dump_json()
    assert pets.root not in told and str(workspace.root) not in told


def test_a_sample_of_classes_is_in_proportion_and_leaves_none_out() -> None:
    labels = np.repeat([0, 1, 2], [9_000, 900, 3])
    rows = sample_of_classes(labels, most=1_000, seed=1)
    counts = np.bincount(labels[rows])
    assert abs(int(counts[0]) - 909) <= 1 and abs(int(counts[1]) - 91) <= 1 and counts[2] == 1
    assert np.array_equal(sample_of_classes(labels, most=20_000, seed=1), np.arange(len(labels)))


def test_places_of_a_map_survive_the_packing_to_a_65535th() -> None:
    values = np.random.default_rng(0).normal(size=1_000)
    back = unpacked(as_shares(values)) / 65535 * np.ptp(values) + values.min()
    assert np.abs(back - values).max() <= np.ptp(values) / 65535


def test_facts_say_only_what_has_a_number(workspace, pets) -> None:
    told = document(workspace, pets)
    for block in told.blocks:
        for part in block.parts:
            if isinstance(part, Facts):
                assert not [row for row in part.rows if "not known" in row[1]], block.kind


def test_of_a_thousand_classes_charts_show_those_that_count_and_say_so(workspace) -> None:
    dataset = new_dataset(workspace, "many")
    land(workspace, dataset.id, [image_row(f"{n}.png", label=n % 1_000) for n in range(1_500)])
    with workspace.writing(dataset.id) as cursor:
        cursor.execute(
            "INSERT INTO class_name (dataset_id, index, name) SELECT 1, i, 'class ' || i FROM range(1000) t(i)"
        )
    told = document(workspace, dataset)
    (block,) = only(told, "class-balance")
    chart = next(part for part in block.parts if isinstance(part, Chart))
    assert "the 60 largest of 1,000 classes" in chart.caption
    assert draw_by_name(chart.name, chart.data).figure.layout.height < 2_500
    (sheet,) = only(told, "samples")
    assert len(sheet.parts[0].groups) == 20 and "20 largest of 1,000" in sheet.parts[0].note


def test_a_saved_selection_is_a_gallery_and_a_forgotten_one_is_missed(workspace, pets) -> None:
    save_selection(workspace, pets.id, name="odd ones", image_ids=np.arange(1, 61), who="Ana")
    report_id = reports.begin(workspace, pets, who="Ana")
    for name in ("odd ones", "gone"):
        draft = BlockDraft("selection", settings={"name": name, "n": 12})
        reports.add(workspace, pets, draft, report_id=report_id, who="Ana")
    there, gone = (each.block.parts[0] for each in reports.shown(workspace, pets, report_id=report_id)[-2:])
    assert len(there.pictures) == 12 and there.note.startswith("12 of 60 pictures, drawn at random")
    assert {each.image_id for each in there.pictures} <= set(range(1, 61))
    assert isinstance(gone, Missing) and "no selection called 'gone'" in gone.sentence
