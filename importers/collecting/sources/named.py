"""Sources by their names, as orders have them."""

from pathlib import Path

from importers.collecting.about import (
    BING,
    COMMONS,
    FLICKR,
    GOOGLE,
    INATURALIST,
    LIST,
    OPENVERSE,
    SAVED_PAGE,
)
from importers.collecting.sources import commons, flickr, inaturalist, openverse, serpapi
from importers.collecting.sources.commons import Commons
from importers.collecting.sources.flickr import Flickr
from importers.collecting.sources.inaturalist import INaturalist
from importers.collecting.sources.lists import AddressList
from importers.collecting.sources.openverse import Openverse
from importers.collecting.sources.saved_page import SavedPage
from importers.collecting.sources.serpapi import SerpApi
from importers.collecting.sources.source import Source, SourceError

ADDRESSES = {
    OPENVERSE: openverse.ADDRESS,
    COMMONS: commons.ADDRESS,
    FLICKR: flickr.ADDRESS,
    INATURALIST: inaturalist.ADDRESS,
    GOOGLE: serpapi.ADDRESS,
    BING: serpapi.ADDRESS,
}


def named_source(name: str, *, file: str = "") -> Source:
    """The source called `name`; file: what is read, of those that are a file. Raises SourceError for another name."""
    if name == OPENVERSE:
        return Openverse()
    if name == COMMONS:
        return Commons()
    if name == FLICKR:
        return Flickr()
    if name == INATURALIST:
        return INaturalist()
    if name in (GOOGLE, BING):
        return SerpApi(name)
    if name == LIST:
        return AddressList(Path(file).expanduser())
    if name == SAVED_PAGE:
        return SavedPage(Path(file).expanduser())
    raise SourceError(f"There is no source {name!r} that can be asked.")
