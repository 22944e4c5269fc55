"""Links and addresses that anybody may write: a number that is none, or is without end, stops no page and no route."""

import ast
import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.applications import Starlette
from starlette.testclient import TestClient

from pages.ui import media, owner, registry
from pages.ui.links import number_of
from store.selections import save_selection
from tests.support.noisy_workspace import checked_birds
from tests.support.places import PROJECT

PAGES = PROJECT / "pages"
FILLED_BY = {"checked": checked_birds}
QUICK = ("1e309", "9" * 5_000)
WILD = ("nan", "-inf", "-1", "0", "1e30", "1e-320", "٣", "²", "0x10", "1_0", " ", "\0", "\ufffd", "9" * 15, "9" * 16)
# Every number that a link to the page may carry.
NUMBERS = {
    "neighbours/page.py": ("k", "pair", "picture"),
    "review/page.py": ("sample", "from", "alike", "near", "spot", "picture"),
    "overview/page.py": ("floor", "sheet", "picture"),
    "pictures/page.py": ("page", "seed", "picture"),
    "representatives/page.py": ("cluster", "sheet", "cosine", "classes", "picture"),
    "duplicates/page.py": ("cosine", "bits", "page", "picture"),
    "label_noise/page.py": ("page", "cut", "picture"),
    "quality/page.py": ("line", "picture"),
    "jobs/page.py": ("job_page",),
    "failures/page.py": ("file_reason_page", "label_reason_page"),
    "map/page.py": ("score", "selection", "picture"),
    "saliency/page.py": ("picture", "opacity", "seed"),
    "prompt_lab/page.py": ("pictures", "picture", "classes", "temperature"),
    "detections/page.py": ("score", "page", "picture", "overlap"),
    "versions/page.py": ("page",),
    "spot_check/page.py": ("n", "people", "twice", "guess", "seed", "check", "numbers", "picture"),
}


@pytest.fixture
def checked(app_workspace):
    """Birds with a label check."""


@pytest.mark.parametrize(
    ("page", "value"),
    [
        *itertools.product(list(NUMBERS)[:5], QUICK),
        *(pytest.param(page, value, marks=pytest.mark.long) for page in NUMBERS for value in WILD),
        *(pytest.param(page, value, marks=pytest.mark.long) for page in list(NUMBERS)[5:] for value in QUICK),
    ],
)
@pytest.mark.long
def test_no_number_in_a_link_stops_a_page(checked, open_app_page, monkeypatch, page, value) -> None:
    monkeypatch.setattr(owner.get().supervisor, "devices", list)  # no process that outlives the visit
    assert open_app_page(page, **dict.fromkeys(NUMBERS[page], value)).title


def test_the_numbers_of_neighbours_pairs_and_samples_are_taken_from_a_link(checked, open_app_page) -> None:
    assert open_app_page("neighbours/page.py", k="12").number_input(key="k").value == 12
    assert open_app_page("neighbours/page.py", k="99").number_input(key="k").value == 8
    app = open_app_page("review/page.py", queue="Blind sample", sample="40")
    assert app.number_input(key="sample").value == 40


def test_every_field_of_whole_numbers_in_a_link_turns_away_what_is_none() -> None:
    """Streamlit takes infinity into a field of whole numbers and ends the page: such fields are drawn in one place."""
    wrong = []
    for path in PAGES.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or getattr(node.func, "attr", "") != "number_input":
                continue
            is_bound = any(word.arg == "bind" for word in node.keywords)
            ends = [end.value for end in node.args[1:] if isinstance(end, ast.Constant)]
            if is_bound and any(isinstance(end, int) for end in ends) and path.name != "links.py":
                wrong.append(f"{path.relative_to(PAGES)}:{node.lineno}")
    assert not wrong


def test_no_page_reads_a_number_from_its_link_by_itself() -> None:
    wrong = [path for path in PAGES.rglob("*.py") if "isdecimal()" in path.read_text(encoding="utf-8")]
    allowed = {"links.py", "found.py"}  # class names that are digits
    allowed |= {"selection_sets.py", "selection.py"}  # a set's name, whose digits are few; a name that is digits
    allowed |= {"uploads.py"}  # a header's number of bytes, of fifteen digits at most
    assert {path.name for path in wrong} <= allowed


@given(st.text() | st.integers().map(str) | st.floats().map(str) | st.from_regex(r"\d+"))
def test_a_text_is_a_number_of_at_most_fifteen_digits_or_none(text) -> None:
    number = number_of(text)
    assert number is None or (0 <= number < 10**15 and number == int(text))


@pytest.fixture
def client(checked):
    """All routes of the app, on birds with a selection."""
    dataset = owner.get().workspace.read_text("SELECT id FROM dataset")["id"][0].as_py()
    save_selection(owner.get().workspace, dataset, name="few", image_ids=[1, 2], who="me")
    return TestClient(Starlette(routes=[*media.ROUTES, *registry.routes()]))


def addresses() -> list[str]:
    """Every address with wild numbers in its path, and those of this workspace with wild words behind it."""
    made = []
    for route in [*media.ROUTES, *registry.routes()]:
        for number in ("0", "1", "9" * 15, "9" * 19, "9" * 39, "9" * 5_000, "-1", "1e309", "٣"):
            path = route.path.replace("{key:str}", "s" + number).replace("{name:str}", "class")
            for name in ("run_id", "image_id"):
                path = path.replace(f"{{{name}:number}}", number)
            made.append(path.replace("{what:str}", "act"))
    words = [f"{name}={value}" for name in ("class", "low", "high", "n", "s", "hide") for value in (*QUICK, *WILD[:6])]
    behind = [f"/vitrine/map/1/filter?measure=sharpness&{word}" for word in words]
    behind += [f"/vitrine/map/1/picture.svg?colour=class&{word}" for word in words]
    behind += [f"/vitrine/masks/1/1?{word}" for word in words]
    return made + behind + [f"/vitrine/map/1/projector.zip?{word}" for word in words if word[:2] == "n="]


@pytest.mark.long
def test_no_number_in_an_address_is_an_error_of_the_server(client) -> None:
    for address in addresses():
        for answer in (client.get(address, follow_redirects=False), client.post(address, content=b"")):
            assert answer.status_code < 500, (address[:80], answer.status_code)
