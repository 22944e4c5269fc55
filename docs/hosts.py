"""What a built site would load from another host. `python -m docs.hosts DIR` names it, and fails where there is any.

Links that a reader follows (`<a href>`) may lead anywhere. What a browser loads by itself may not: scripts, styles,
fonts, pictures, frames, media, what styles import, and addresses that stand whole in a script.
"""

import re
import sys
from html.parser import HTMLParser
from pathlib import Path

_LOADS = {
    "script": ("src",), "link": ("href",), "img": ("src", "srcset"), "source": ("src", "srcset"), "iframe": ("src",),
    "video": ("src", "poster"), "audio": ("src",), "track": ("src",), "embed": ("src",), "object": ("data",),
    "image": ("href", "xlink:href"), "use": ("href", "xlink:href"), "input": ("src",),
}  # fmt: skip
_FOREIGN = re.compile(r"(?:^|[\s,])(?:[a-z][a-z0-9+.-]*:)?//[^\s,]+", re.IGNORECASE)
_SCRIPTED = re.compile(r"""["']((?:https?:|wss?:)?//[a-z0-9-]+\.[^"'\s]+)["']""", re.IGNORECASE)
_STYLED = re.compile(r"""url\(\s*["']?\s*([^"')]+)|@import\s+["']([^"']+)""", re.IGNORECASE)


def foreign(site: Path) -> list[str]:
    """Each load from another host, as "file: what loads address", of all pages, styles and scripts under site."""
    readers = {".html": foreign_in_html, ".svg": foreign_in_html, ".css": foreign_in_css, ".js": foreign_in_script}
    return [
        f"{path.relative_to(site).as_posix()}: {load}"
        for path in sorted(site.rglob("*"))
        if path.suffix in readers
        for load in readers[path.suffix](path.read_text(encoding="utf-8"))
    ]


def foreign_in_html(text: str) -> list[str]:
    """The loads from another host of one page, "tag address" each; what its styles load included."""
    reader = _Reader()
    reader.feed(text)
    reader.close()
    return reader.loads


def foreign_in_css(text: str) -> list[str]:
    """The loads from another host of a style sheet, "style address" each."""
    addresses = (first or second for first, second in _STYLED.findall(text))
    return [f"style {address}" for address in addresses if _FOREIGN.match(address)]


def foreign_in_script(text: str) -> list[str]:
    """The addresses of other hosts that are texts of a script, "script address" each."""
    return [f"script {address}" for address in _SCRIPTED.findall(text)]


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.loads: list[str] = []
        self._in_style = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        self._in_style = tag == "style"
        for name in _LOADS.get(tag, ()):
            value = values.get(name, "").strip()
            if _FOREIGN.search(value) if name == "srcset" else _FOREIGN.match(value):
                self.loads.append(f"{tag} {values[name]}")
        self.loads += foreign_in_css(values.get("style", ""))

    def handle_data(self, data: str) -> None:
        if self._in_style:
            self.loads += foreign_in_css(data)

    def handle_endtag(self, tag: str) -> None:
        self._in_style = False


def main(folder: str) -> None:
    """Name every load from another host; exit with 1 where there is one."""
    found = foreign(Path(folder))
    print("\n".join(found), file=sys.stderr)
    sys.exit(bool(found))


if __name__ == "__main__":
    main(sys.argv[1])
