"""One file that a browser opens by itself: its rules of what may be loaded, its styles, its data and its scripts."""

import base64
import hashlib
import re
from collections.abc import Sequence
from pathlib import Path

from jobs.report.live_figures import LiveFigures
from jobs.report.markup import Html, joined, script_text, tag

ASSETS = Path(__file__).parent / "assets"
# Plotly adds style elements: one that is empty, whose rules it sets one by one, and some of libraries that it bundles,
# each under an id that it looks for first. Those that are there already, and empty, are left alone.
_BUNDLED_STYLE = re.compile(r'getElementById\("([0-9a-f]{32,128})"\)')


def asset(name: str) -> str:
    """A file of jobs/report/assets as text."""
    return (ASSETS / name).read_text(encoding="utf-8")


def one_file(body: Html, *, title: str, styles: Sequence[str], scripts: Sequence[str], figures: LiveFigures) -> bytes:
    """The whole file. styles, scripts: assets by name. All they show is in the file; nothing else may be loaded."""
    library = figures.library()
    looks = [*map(asset, styles), figures.styles()]
    code = [script_text(text) for text in (library, *map(asset, scripts)) if text]
    bundled = [tag("style", id=name) for name in dict.fromkeys(_BUNDLED_STYLE.findall(library))]
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", http_equiv="Content-Security-Policy", content=_policy(looks, code)),
        tag("meta", name_="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name_="color-scheme", content="light dark"),
        tag("meta", name_="referrer", content="no-referrer"),
        tag("title", title),
        *(tag("style", Html(text)) for text in looks if text),
        *bundled,
    )
    # scripts come last: what is to be read stands before them
    whole = tag("body", body, figures.data(), *(tag("script", each) for each in code))
    page = joined([Html("<!DOCTYPE html>\n"), tag("html", head, whole, lang="en")])
    return page.encode("utf-8", "replace")


def _policy(styles: Sequence[str], scripts: Sequence[str]) -> str:
    """A Content-Security-Policy: our own styles and scripts by their sums, pictures that stand in the file, no more."""
    of_scripts = [_sum_of(text) for text in scripts]
    of_styles = [_sum_of(text) for text in (*styles, "")]
    rules = {
        "default-src": ["'none'"],
        "script-src": of_scripts,
        "style-src": of_styles,
        "style-src-attr": ["'unsafe-inline'"],  # Plotly sets attributes; they can load nothing
        "img-src": ["data:", "blob:"],
        "base-uri": ["'none'"],
        "form-action": ["'none'"],
    }
    return "; ".join(f"{name} {' '.join(values)}" for name, values in rules.items())


def _sum_of(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode('ascii')}'"
