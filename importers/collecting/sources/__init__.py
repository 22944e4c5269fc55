"""Every source by its name."""

from importers.collecting.sources.named import named_source
from importers.collecting.sources.source import Filters, JsonClient, Page, Source, SourceError

__all__ = ["Filters", "JsonClient", "Page", "Source", "SourceError", "named_source"]
