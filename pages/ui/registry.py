"""The pages that there are. A folder of pages/ with an about.py is a page; being there is all its registration.

about.py holds PAGE, a Page, and is light: it is read at every start. page.py draws it. What the page serves by HTTP,
if anything, is ROUTES in its routes.py or http.py.

A page's folder has no __init__.py. Streamlit puts pages/ on sys.path, where a package pages/jobs would be found as
`jobs` and hide the room of that name; a folder without __init__.py only counts where no package is called so.
"""

import functools
import importlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

import streamlit as st
from starlette.requests import Request
from starlette.responses import RedirectResponse
from starlette.routing import BaseRoute, Route
from streamlit.navigation.page import StreamlitPage

from store.acting import VIEWER, Actor

FOLDER = Path(__file__).parents[1]
# In the order of the sidebar; the first has no heading. A group that is not named here comes behind these.
GROUPS = ("", "Explore", "Clean", "Models", "Present", "Data", "Jobs & data")
_HTTP = ("routes", "http")
CURRENT = "open_page"  # in the session: the folder of the page that is drawn


@dataclass(frozen=True, kw_only=True)
class Page:
    """A page, described by its folder.

    icon: of Material Symbols. address: its path in the URL without a slash; "" is the one that opens first.
    group: the heading in the sidebar. order: its place under that heading, the smallest first.
    former_addresses: paths that it had before; they lead to it, with all that stands behind the question mark.
    least: the least role that has it. shows_versions: it can show a frozen version by itself, so that those have it for
    whom nothing else exists. whole_workspace: it shows all datasets, so that those have it for whom all exist.
    folder: filled in by the registry.
    """

    title: str
    icon: str
    address: str
    group: str
    order: int
    former_addresses: tuple[str, ...] = ()
    least: str = VIEWER
    shows_versions: bool = False
    whole_workspace: bool = False
    folder: str = ""

    @property
    def routes(self) -> list[BaseRoute]:
        """What it serves by HTTP; imported at the first use."""
        for name in _HTTP:
            if (FOLDER / self.folder / f"{name}.py").is_file():
                return list(importlib.import_module(f"pages.{self.folder}.{name}").ROUTES)
        return []

    def is_for(self, actor: Actor) -> bool:
        """Whether somebody has this page."""
        if self.whole_workspace and actor.dataset_ids is not None:
            return False
        return actor.is_at_least(self.least) and (actor.version_id is None or self.shows_versions)

    def for_streamlit(self) -> StreamlitPage:
        """The page as st.navigation and st.page_link want it.

        Made anew at each use: a StreamlitPage remembers whose turn it is, so visitors may not share one.
        """
        return st.Page(
            FOLDER / self.folder / "page.py",
            title=self.title,
            icon=f":material/{self.icon}:",
            url_path=self.address or self.folder,
            default=not self.address,
        )


class ByFolder:
    """The pages as Streamlit wants them, by the name of their folder: `PAGES.label_noise`."""

    def __getattr__(self, folder: str) -> StreamlitPage:
        if folder not in all_pages():
            raise AttributeError(folder)
        return all_pages()[folder].for_streamlit()


@functools.cache
def all_pages() -> dict[str, Page]:
    """Every page by its folder's name, in the order of the sidebar."""
    folders = sorted(path.parent.name for path in FOLDER.glob("*/about.py"))
    pages = [replace(importlib.import_module(f"pages.{name}.about").PAGE, folder=name) for name in folders]
    groups = sorted({page.group for page in pages} - set(GROUPS))
    rank = {group: place for place, group in enumerate((*GROUPS, *groups))}
    return {page.folder: page for page in sorted(pages, key=lambda page: (rank[page.group], page.order, page.folder))}


def folder_of(page: StreamlitPage) -> str:
    """The folder of one of the pages; "" for another."""
    return next((name for name, each in all_pages().items() if page.url_path in (each.address, name)), "")


def by_group(actor: Actor) -> dict[str, list[Page]]:
    """The pages that somebody has, under the headings of the sidebar, both in order."""
    groups: dict[str, list[Page]] = {}
    for page in all_pages().values():
        if not page.is_for(actor):
            continue
        groups.setdefault(page.group, []).append(page)
    return groups


def routes() -> list[BaseRoute]:
    """All that the pages serve by HTTP, and the ways from former addresses to those of today."""
    pages = all_pages().values()
    return [route for page in pages for route in page.routes] + redirects(pages)


def redirects(pages: Iterable[Page]) -> list[BaseRoute]:
    """A route for each former address, which leads to the page's own with the same query."""
    return [_redirect(former, page.address) for page in pages for former in page.former_addresses]


def _redirect(former: str, address: str) -> Route:
    async def lead(request: Request) -> RedirectResponse:
        query = f"?{request.url.query}" if request.url.query else ""
        return RedirectResponse(f"./{address}{query}", status_code=307)  # relative: a proxy may serve us under a path

    return Route(f"/{former}", lead)
