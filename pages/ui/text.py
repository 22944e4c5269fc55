"""Words on a page: names of strangers shown as text, numbers and sizes as people read them."""

import html
import re
from collections.abc import Sequence

from analytics.wording import count as count  # pages take them from here, beside the other words
from analytics.wording import file_size as file_size
from figures.names import one_line

_MARKDOWN = re.compile(r"([\\`*_{}\[\]()#+\-.!|<>~:$@^='\"/])")
# What Streamlit's Markdown makes a link of without being asked, once its escapes are gone: addresses of the web and of
# mail (remark-gfm). A character that cannot be seen and breaks no line comes between.
_LINKED = re.compile(r"(?<=http:)(?=//)|(?<=https:)(?=//)|(?<=www)(?=\.)|(?<=@)(?=[-\w])", re.IGNORECASE)
_JOINER = "\u2060"

# The most characters of what a visitor types: Streamlit cuts it there, in the browser and on the server.
LONGEST_LINE, LONGEST_PATH, LONGEST_TEXT = 500, 4_096, 200_000


def plain(name: object) -> str:
    """A name as Markdown that shows exactly its characters: no formatting, link, icon, HTML or formula."""
    unlinked = _LINKED.sub(_JOINER, one_line(name))
    return _MARKDOWN.sub(r"\\\1", unlinked.replace("&", "&amp;"))


def percent(value: float | None) -> str:
    """A score or rate with one decimal, "36.2 %"; a dash where there is none (None, or not a number)."""
    return "–" if value is None or value != value else f"{100 * value:.1f} %"


def share(part: float) -> str:
    """A share in [0, 1] of things counted, whole percents from 10 % on: "7.3 %", "42 %".

    What is not quite nothing or all never looks as if it were: "under 0.1 %", "over 99.9 %".
    """
    if 0 < part < 0.001:
        return "under 0.1 %"
    if 0.999 < part < 1:
        return "over 99.9 %"
    return f"{part * 100:.0f} %" if part in (0, 1) or part >= 0.1 else f"{part * 100:.1f} %"


def listed(names: Sequence[str], *, at_most: int = 3) -> str:
    """Names in a sentence: "a, b and c", or "a, b, c and 4 others"."""
    shown = list(names[:at_most])
    left = len(names) - len(shown)
    if left:
        shown.append(count(left, "other"))
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}" if shown else ""


def facts_html(facts: Sequence[tuple[str, object]]) -> str:
    """Label and value pairs as an HTML list for st.html; both are escaped."""
    rows = "".join(
        f'<dt style="opacity:.68;font-weight:400">{html.escape(label)}</dt>'
        f'<dd style="margin:0;overflow-wrap:anywhere">{html.escape(one_line(value))}</dd>'
        for label, value in facts
    )
    grid = "display:grid;grid-template-columns:max-content minmax(0,1fr);gap:.3rem 1.1rem"
    style = f"{grid};margin:0;padding:0;font-size:.92rem"
    return f'<dl style="{style}">{rows}</dl>'
