"""New visitors of the pages of a checkout: asked line by line for a page, answers with its seconds.

    PYTHONPATH=CHECKOUT python -P benchmarks/support/page_visits.py WORKSPACE [DATASET]

Says first which pages there are, as a line of JSON (a list of {"key", "title", "file"}, in the order of the app's own
navigation). Then reads a page's file, one a line, runs that page by Streamlit's test runner for a new visitor, and
answers {"seconds", "elements"} or {"error"}. It takes everything from the checkout that PYTHONPATH names, which may be
an older one than this file's, so it imports none of its modules by a name that moved.
"""

import json
import os
import sys
import time
from pathlib import Path

import streamlit as st
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Block

TIMEOUT_S = 1800


def main() -> None:
    """Answer on what is standard output at the start; what the pages print there goes to the errors."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    project = Path(os.environ["PYTHONPATH"])
    os.environ["VITRINE_WORKSPACE"] = sys.argv[1]
    frame = project / "pages" / "frame.py"
    pages = listed_pages(frame)
    print(json.dumps(pages), file=answers, flush=True)
    home = pages[0]["file"]
    for line in sys.stdin:
        file = line.strip()
        print(json.dumps(visit(frame, file, dataset=sys.argv[2:], uncached=file == home)), file=answers, flush=True)
        home = "" if file == home else home  # it is new to a visitor once


def listed_pages(frame: Path) -> list[dict[str, str]]:
    """The pages that the app gives to st.navigation when its home page is opened, that page first.

    A page is told again in another checkout by its key: the folder of its page.py, or its file's name.
    """
    listed: list[st.Page] = []
    navigation = st.navigation

    def note(pages: object, **options: object) -> object:
        groups = pages.values() if isinstance(pages, dict) else [pages]
        listed[:] = [page for group in groups for page in group]
        return navigation(pages, **options)

    st.navigation = note
    import jobs  # noqa: F401 - before the pages, among which one is called so too

    app = AppTest.from_file(frame, default_timeout=TIMEOUT_S).run()
    st.navigation = navigation
    if not listed:
        raise SystemExit(f"the first page stopped: {_fault(app)}")
    files = [Path(page._page) for page in listed]
    keys = [file.parent.name if file.name == "page.py" else file.stem for file in files]
    return [
        {"key": key, "title": page.title, "file": str(file.relative_to(frame.parent))}
        for key, page, file in zip(keys, listed, files, strict=True)
    ]


def visit(frame: Path, file: str, *, dataset: list[str], uncached: bool) -> dict[str, object]:
    """Seconds of a page's whole script for somebody who came by its address, and how many elements it drew.

    uncached: what the untimed visit to the home page has cached is forgotten first.
    """
    app = AppTest.from_file(frame, default_timeout=TIMEOUT_S)
    if dataset:
        app.query_params["dataset"] = dataset[0]
    app.run().switch_page(file)  # only the home page makes the others known
    if uncached:
        st.cache_data.clear()
    began = time.perf_counter()
    app.run()
    seconds = time.perf_counter() - began
    fault = _fault(app)
    return {"error": fault} if fault else {"seconds": seconds, "elements": _n_elements(app.main)}


def _fault(app: AppTest) -> str:
    return "; ".join(str(each.value) for each in (*app.exception, *app.error))


def _n_elements(block: Block) -> int:
    children = block.children.values()
    return sum(_n_elements(child) if isinstance(child, Block) else 1 for child in children)


if __name__ == "__main__":
    main()
