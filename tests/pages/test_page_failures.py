import re
from functools import partial

import pytest

from pages.ui import owner, reasons
from tests.support.places import PROJECT
from tests.support.seen_page import texts
from tests.support.small_workspace import failure_row, image_row, land, new_dataset


@pytest.fixture
def page(open_app_page):
    return partial(open_app_page, "failures/page.py")


def birds_with_failures(n_failures: int):
    workspace = owner.get().workspace
    dataset = new_dataset(workspace, "b*rds :smile:")
    rows = [image_row(f"{n}.png") for n in range(3)]
    rows += [failure_row(f"bad {n:03}.png") for n in range(n_failures)]
    land(workspace, dataset.id, [*rows, failure_row("cut.jpg", code="truncated", reason="It ends too early.")])
    return dataset


def test_an_empty_workspace_offers_an_import(page):
    app = page()
    assert not app.exception
    assert "There is no dataset" in texts(app)


def test_failures_are_counted_by_reason_with_a_remedy_and_listed(page):
    birds_with_failures(2)
    app = page()
    assert not app.exception
    by_reason = app.dataframe[0].value
    assert by_reason["reason"].tolist() == ["Empty: zero bytes", "Cut short: the file ends too early"]
    assert by_reason["number"].tolist() == [2, 1]
    assert all(by_reason["what to do"])
    assert app.dataframe[1].value["path"].tolist() == ["bad 000.png", "bad 001.png", "cut.jpg"]


def test_the_list_can_be_narrowed_to_one_reason_and_says_how_many_it_draws(page):
    birds_with_failures(230)
    app = page()
    assert "100 of 231 rows drawn" in texts(app)
    app.selectbox(key="file_reason").select("truncated").run()
    assert app.dataframe[1].value["path"].tolist() == ["cut.jpg"]
    assert "1 of 1 row drawn" in texts(app)


def test_names_are_shown_as_text(page):
    birds_with_failures(1)
    assert r"b\*rds \:smile\:" in texts(page())


def test_every_reason_the_importer_gives_has_a_title_and_a_remedy():
    """A reason in the code is a code and a sentence: "empty", "The file is empty."."""
    text = "".join(path.read_text(encoding="utf-8") for path in (PROJECT / "importers").glob("*.py"))
    given = set(re.findall(r'"([a-z]+(?:-[a-z]+)*)",\s*f?"[A-Z]', text))
    assert len(given) > 15
    assert given <= {*reasons.FILE_ADVICE, *reasons.LABEL_ADVICE}
    for code in (*reasons.FILE_ADVICE, *reasons.LABEL_ADVICE):
        assert f'"{code}"' in text, f"nothing gives the reason {code!r} any more"


def test_a_reason_of_a_later_version_is_shown_as_it_is():
    assert reasons.file_advice("struck-by-lightning").title == "Struck by lightning"
