"""What visitors leave in the memory of the app: garbage goes by itself, and what is kept of reads has a bound."""

import ast
import gc
import inspect
import subprocess
import sys
import threading
import tomllib
import weakref

import pytest
import streamlit as st
from streamlit.byte_util import config_max_cache_data_size_to_bytes
from streamlit.runtime.memory_session_storage import MemorySessionStorage

from pages.ui import collecting, turns
from pages.ui.collecting import Collecting
from tests.support.places import PROJECT

SETTINGS = tomllib.loads((PROJECT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))


class Knot:
    """Something that holds itself, as what a page leaves behind does: only a collection lets it go."""

    def __init__(self) -> None:
        self.me = self


@pytest.fixture
def by_hand():
    """No collection but those that are asked for; what was frozen is looked through again afterwards."""
    gc.disable()
    yield
    gc.unfreeze()
    gc.enable()


def test_what_pages_leave_behind_goes_by_itself(by_hand) -> None:
    gone = threading.Event()
    collecting = Collecting(every_s=0.01)
    collecting.start()
    weakref.finalize(Knot(), gone.set)
    assert gone.wait(20)
    collecting.stop()
    assert not collecting._thread.is_alive()


def test_what_the_start_has_brought_is_not_looked_through(by_hand) -> None:
    collecting = Collecting(every_s=60)
    collecting.start()
    collecting.stop()
    assert gc.get_freeze_count() > 10_000


@pytest.mark.skipif(collecting._MALLOC_TRIM is None, reason="this system's malloc gives back nothing when it is asked")
def test_memory_that_is_free_goes_back_to_the_system() -> None:
    code = (
        "import psutil\n"
        "from pages.ui.collecting import give_back\n"
        "size = lambda: psutil.Process().memory_info().rss >> 20\n"
        "kept = [bytes(50_000) for _ in range(4_000)]\n"  # too small for pages of their own; the last one stays
        "del kept[:-1]\n"
        "before = size(); give_back(); print(before - size())\n"
    )
    given = subprocess.run([sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True, check=True).stdout
    assert int(given) > 100, f"{given} MB of 200 went back"


def test_threads_take_short_turns() -> None:
    before = sys.getswitchinterval()
    try:
        turns.take_short_turns()
        assert sys.getswitchinterval() == turns.TURN_S
    finally:
        sys.setswitchinterval(before)


def test_streamlit_collects_nothing_after_each_run() -> None:
    assert SETTINGS["runner"]["postScriptGC"] is False
    st.get_option("runner.postScriptGC")  # an option that has gone would be an error


def test_so_many_closed_tabs_stay() -> None:
    bounds = inspect.signature(MemorySessionStorage).parameters
    assert bounds["maxsize"].default == 128
    assert 0 < int(st.get_option("server.disconnectedSessionTTL")) <= 120


def test_what_pages_keep_of_their_reads_has_a_bound_for_all_visitors_together() -> None:
    n_bytes = config_max_cache_data_size_to_bytes(SETTINGS["server"]["maxCacheDataSize"])
    assert n_bytes == 512 << 20
    st.get_option("server.maxCacheDataSize")


def test_everything_that_pages_keep_has_a_number_of_entries() -> None:
    lacking = [
        f"{path.relative_to(PROJECT)}:{node.lineno}"
        for path in sorted((PROJECT / "pages").rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef)
        for each in node.decorator_list
        if ast.unparse(each).startswith("st.cache_") and "max_entries=" not in ast.unparse(each)
    ]
    assert not lacking
