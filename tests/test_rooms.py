"""Imports between the rooms run one way (DESIGN.md, "Rooms"). Read with `ast`: nothing is imported here."""

import ast
import functools
import graphlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.places import PROJECT

ROOMS = (
    "analytics", "figures", "models", "store", "evidence", "importers", "service", "jobs", "cli", "pages", "components",
    "app", "vitrine",
)  # fmt: skip

# What of ours each room may import beside itself; a dot names one module of a room. Importers may use leaves of
# analytics: a picture is hashed and measured once, while its pixels are at hand (docs/decisions.md).
MAY_IMPORT: dict[str, tuple[str, ...]] = {
    "analytics": (),
    "figures": ("analytics",),
    "models": (),
    "store": (),
    "components": (),
    "evidence": ("analytics", "store"),
    # a stranger's picture is read by one reader, in the service as in an import
    "service": ("analytics", "importers.fingerprint", "importers.picture", "importers.pixels", "models", "store"),
    # what the jobs `service-index` and `sync-qdrant` write is what the service reads
    "jobs": (
        "analytics",
        "evidence",
        "figures",
        "importers",
        "models",
        "service.dataset_index",
        "service.facts",
        "service.layout",
        "service.qdrant",
        "service.search",
        "store",
    ),
    "importers": tuple(
        f"analytics.{leaf}" for leaf in ("arrays", "errors", "hashes", "licences", "pngs", "quality", "rgb", "wording")
    ),
    "cli": ("analytics", "evidence", "importers", "jobs", "models", "service", "store"),
    "pages": (
        "analytics",
        "evidence",
        "figures",
        "service",
        "store",
        "components",
        "jobs.engine.analysis",
        "importers.collecting.about",
        "importers.collecting.keys",
        "importers.hints",
        "importers.sources",
        "importers.store_listing",
        "importers.types",
        "jobs.engine.kinds",
        "jobs.engine.spec",
        "jobs.engine.supervisor",
        "jobs.engine.version",
    ),
    "app": ("pages", "store", "jobs.engine.spec", "jobs.engine.supervisor"),
    "vitrine": (),  # it is imported into other people's processes
}
MAY_NOT_IMPORT: dict[str, tuple[str, ...]] = {
    "analytics": ("streamlit", "duckdb", "torch"),
    "figures": ("streamlit", "duckdb", "torch"),
    "models": ("streamlit", "duckdb"),
    "store": ("streamlit", "torch"),
    "evidence": ("streamlit", "torch"),
    "importers": ("streamlit", "duckdb", "torch"),
    "service": ("streamlit", "duckdb", "torch"),  # of its own; the models' library comes with the models
    "jobs": ("streamlit",),
    "cli": ("streamlit",),
    "pages": ("torch", "torchvision"),
    "components": ("duckdb", "torch"),
    "app": ("torch", "torchvision"),
    "vitrine": ("streamlit", "torch"),
}
# What the folder of a page may take from another page's; all else that pages share lies in pages/ui.
PAGE_MAY_IMPORT: dict[str, tuple[str, ...]] = {
    "compare": ("train.wording",),  # what a trained model is called
    "label_noise": ("detections.compare",),  # what a detection is called
    "review": (  # it reviews what a label check and a comparison of models found
        "compare.queries",
        "compare.results",
        "label_noise.actions",
        "label_noise.list",
        "label_noise.queries",
        "label_noise.wording",
    ),
    "saliency": ("train.wording",),
    "spot_check": ("review.marks", "review.queue"),  # its keys, who decides, and the queue of what people differ on
}
# `python -m jobs` and `vitrine` are the command line's
DOORS = {"jobs/__main__.py": "cli", "vitrine/command.py": "cli"}
SAYS_NOTHING = ("utils", "util", "helpers", "helper", "manager", "common", "misc")


parsed = functools.cache(ast.parse)  # most tests here read every file of ours


def imported(source: str | ast.Module, *, package: str) -> Iterator[tuple[int, str]]:
    """Give each import of a module as (line, dotted name); `from a import b` gives `a.b`.

    package: the dotted package in which the module lies, against which relative imports are read. Imports
    inside functions count, and so does import_module("a.b").
    """
    for node in ast.walk(parsed(source) if isinstance(source, str) else source):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
            base = ".".join([*above, *([node.module] if node.module else [])])
            yield from ((node.lineno, f"{base}.{alias.name}") for alias in node.names)
        elif isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            if name in ("import_module", "__import__") and isinstance(node.args[0].value, str):
                yield node.lineno, node.args[0].value


def forbidden(source: str, *, room: str, package: str) -> list[str]:
    """Say which imports of a module in room must not be, one sentence each."""
    wrong = []
    for line, name in imported(source, package=package):
        top = name.split(".")[0]
        if top in MAY_NOT_IMPORT[room]:
            wrong.append(f"line {line}: {room} must do without {top} (imports {name})")
        allowed = (room, *MAY_IMPORT[room])
        if top in ROOMS and not any(f"{name}.".startswith(f"{arrow}.") for arrow in allowed):
            wrong.append(f"line {line}: {room} must not import {name}")
    return wrong


def modules(room: str) -> list[Path]:
    """Every Python file of a room; the door that stands in another belongs to its own."""
    files = [PROJECT / "app.py"] if room == "app" else sorted((PROJECT / room).rglob("*.py"))
    doors = [PROJECT / path for path, its_room in DOORS.items() if its_room == room]
    return [*doors, *(path for path in files if str(path.relative_to(PROJECT)) not in DOORS)]


@pytest.mark.parametrize("room", ROOMS)
def test_imports_run_one_way(room: str) -> None:
    wrong = [
        f"{path.relative_to(PROJECT)} {sentence}"
        for path in modules(room)
        for sentence in forbidden(
            path.read_text(encoding="utf-8"),
            room=room,
            package=".".join(path.relative_to(PROJECT).parent.parts),
        )
    ]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize(
    ("room", "source"),
    [
        ("analytics", "import torch.nn"),
        ("analytics", "def late():\n    import duckdb"),
        ("analytics", "from store import images"),
        ("importers", "from analytics.label_noise import LabelIssues"),
        ("figures", "import streamlit as st"),
        ("figures", "from store.detections import Totals"),
        ("figures", "from pages.ui.text import share"),
        ("analytics", "from figures.names import one_line"),
        ("store", "from jobs.engine.spec import Spec"),
        ("models", "import jobs"),
        ("jobs", "from pages import overview"),
        ("pages", "from jobs.engine import worker"),
        ("pages", "from jobs.engine import spec, worker"),
        ("pages", "import jobs"),
        ("pages", "from jobs.engine.supervisors import x"),
        ("pages", "from models.catalogue import list_models"),
        ("pages", "import importlib\nimportlib.import_module('jobs.engine.worker')"),
        ("app", "from models import encoders"),
    ],
)
def test_a_wrong_arrow_is_seen(room: str, source: str) -> None:
    assert len(forbidden(source, room=room, package=room)) == 1


@pytest.mark.parametrize(
    ("room", "source"),
    [
        (
            "pages",
            "from jobs.engine import spec, supervisor\nfrom jobs.engine.spec import Spec\nimport jobs.engine.spec",
        ),
        ("pages", "from . import ui\nfrom .ui import gallery\nfrom pages.ui import charts"),
        ("jobs", "from analytics.hashes import x\nfrom store import images\nimport models.encoders"),
        ("analytics", "import numpy as np\nfrom analytics.errors import EmptyImage"),
        ("importers", "from analytics.quality import measure\nfrom importers import picture"),
        ("figures", "import pyarrow as pa\nfrom analytics.balance import ClassMatrix"),
    ],
)
def test_a_right_arrow_passes(room: str, source: str) -> None:
    assert forbidden(source, room=room, package=room) == []


def circles(imports: dict[str, set[str]]) -> list[str]:
    """The circles among modules, `a <- b <- a` each, one a group of modules that reach one another.

    imports: of each module, the modules that it imports.
    """
    left, found = dict(imports), []
    while True:
        try:
            graphlib.TopologicalSorter(left).prepare()
            return found
        except graphlib.CycleError as problem:
            circle = problem.args[1]
            found.append(" <- ".join(circle))
            left = {name: of_it - set(circle) for name, of_it in left.items() if name not in circle}


def module_imports() -> dict[str, set[str]]:
    """Of each module of ours, which others of ours it imports, be it at its top or inside a function.

    Imports for the type checker alone (`if TYPE_CHECKING:`) do not count: nothing runs in a circle by them.
    """
    paths = {path.relative_to(PROJECT).with_suffix(""): path for room in ROOMS for path in modules(room)}
    names = {".".join(place.parts).removesuffix(".__init__"): path for place, path in paths.items()}
    graph = {}
    for name, path in names.items():
        package = ".".join(path.relative_to(PROJECT).parent.parts)
        source = without_type_checking(path.read_text(encoding="utf-8"))
        targets = {target for _, target in imported(source, package=package)}
        of_ours = (target if target in names else target.rpartition(".")[0] for target in targets)
        graph[name] = {target for target in of_ours if target in names and target != name}
    return graph


def without_type_checking(source: str) -> ast.Module:
    """A module without its blocks `if TYPE_CHECKING:`."""
    body = [
        node
        for node in parsed(source).body
        if not (isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING")
    ]
    return ast.Module(body, [])


def test_no_modules_import_each_other_in_a_circle() -> None:
    found = circles(module_imports())
    assert not found, "move what they share into a module of its own:\n" + "\n".join(found)


def test_a_circle_is_seen() -> None:
    assert circles({"a": {"b"}, "b": {"c"}, "c": {"d"}, "d": set()}) == []
    (one,) = circles({"a": {"b"}, "b": {"c"}, "c": {"b", "d"}, "d": set()})
    assert sorted(set(one.split(" <- "))) == ["b", "c"]
    assert len(circles({"a": {"b"}, "b": {"a"}, "c": {"d"}, "d": {"c"}})) == 2
    late = "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import b\ndef f():\n    import c"
    assert [name for _, name in imported(without_type_checking(late), package="")] == ["typing.TYPE_CHECKING", "c"]


def test_only_the_store_opens_a_database() -> None:
    """A notebook reads a file that nobody has open, or a copy, by statements of the store."""
    opened = [
        f"{path.relative_to(PROJECT)} line {node.lineno}"
        for room in ROOMS
        if room not in ("store", "vitrine")
        for path in modules(room)
        for node in ast.walk(parsed(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute)
        and node.attr == "connect"
        and isinstance(node.value, ast.Name)
        and node.value.id == "duckdb"
    ]
    assert not opened, opened


def from_other_pages(source: str, *, folder: str) -> list[str]:
    """What a module in a page's folder takes from the folders of other pages, but for what it may."""
    names = (
        name.split(".")[1:3] for _, name in imported(source, package=f"pages.{folder}") if name.startswith("pages.")
    )
    return [
        ".".join(name)
        for name in names
        if len(name) > 1 and name[0] not in ("ui", folder) and ".".join(name) not in PAGE_MAY_IMPORT.get(folder, ())
    ]


def test_a_page_takes_from_other_pages_only_what_is_listed() -> None:
    wrong = [
        f"{path.relative_to(PROJECT)} imports pages.{name}"
        for path in modules("pages")
        if path.parent.name != "pages"
        for name in from_other_pages(path.read_text(encoding="utf-8"), folder=path.parent.name)
    ]
    assert not wrong, "move what pages share into pages/ui:\n" + "\n".join(wrong)


def test_a_page_that_takes_from_another_is_seen() -> None:
    source = "from pages.map import colours\nfrom pages.ui import text\nfrom pages.review.queue import Queue"
    assert from_other_pages(source, folder="review") == ["map.colours"]
    assert from_other_pages(source, folder="ui") == ["map.colours", "review.queue"]
    assert from_other_pages("from pages.train import wording", folder="compare") == []


def test_no_exception_outlives_its_import() -> None:
    taken = {
        (path.parent.name, ".".join(name.split(".")[1:3]))
        for path in modules("pages")
        for _, name in imported(path.read_text(encoding="utf-8"), package=f"pages.{path.parent.name}")
        if name.startswith("pages.")
    }
    idle = [
        (folder, name) for folder, names in PAGE_MAY_IMPORT.items() for name in names if (folder, name) not in taken
    ]
    assert not idle, f"these are no longer needed: {idle}"


def test_the_app_fits_on_a_screen() -> None:
    n_lines = len((PROJECT / "app.py").read_text(encoding="utf-8").splitlines())
    assert n_lines <= 60, f"app.py has {n_lines} lines; 60 are allowed: move some into a room"


def test_files_say_their_subject() -> None:
    silent = [str(path) for room in ROOMS for path in modules(room) if path.stem in SAYS_NOTHING]
    assert not silent, f"name them after what they do: {silent}"


def test_package_files_only_export() -> None:
    allowed = (ast.Import, ast.ImportFrom, ast.Expr, ast.Assign, ast.AnnAssign)
    busy = [
        str(path.relative_to(PROJECT))
        for room in ROOMS
        for path in modules(room)
        if path.name == "__init__.py"
        and not all(isinstance(node, allowed) for node in parsed(path.read_text(encoding="utf-8")).body)
    ]
    assert not busy, busy


def test_charts_are_made_in_figures_and_drawn_by_one_helper() -> None:
    drawn = [
        f"{path.relative_to(PROJECT)} line {node.lineno}"
        for path in modules("pages")
        if path != PROJECT / "pages" / "ui" / "charts.py"
        for node in ast.walk(parsed(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute) and node.attr.endswith("_chart") and isinstance(node.value, ast.Name)
    ]
    assert not drawn, f"make them in figures/ and draw them with pages.ui.charts.draw: {drawn}"


def test_test_files_share_by_way_of_support() -> None:
    wrong = []
    for path in sorted((PROJECT / "tests").rglob("*.py")):
        source = path.read_text(encoding="utf-8")
        wrong += [
            f"{path.relative_to(PROJECT)} line {line} imports {name}"
            for line, name in imported(source, package="tests")
            if name.startswith("tests.") and not name.startswith("tests.support.")
        ]
        if "Path(__file__" + ")" in source and path != PROJECT / "tests" / "support" / "places.py":
            wrong.append(f"{path.relative_to(PROJECT)} looks for the project from where it lies itself")
    assert not wrong, f"what two files need stands in tests/support; the project's folder in places.py: {wrong}"
