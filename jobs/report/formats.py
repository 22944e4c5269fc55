"""The formats of a report by name. Each is a module of this folder with `write`, imported when it is asked for."""

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from evidence.report.parts import Document
from jobs.report.pictures import Pictures

Report = Callable[[int, int], None]  # how many of how many blocks are done
Write = Callable[..., None]


@dataclass(frozen=True)
class Format:
    """A format. ending: of its file's name, "" for a folder. title: as pages call it."""

    title: str
    ending: str
    module: str

    def write(self, document: Document, *, pictures: Pictures, target: Path, side: int, report: Report) -> None:
        """Write the document as `target`, which does not exist; side: pixels of a picture's longer side, at most."""
        module = importlib.import_module(f"jobs.report.{self.module}")
        module.write(document, pictures=pictures, target=target, side=side, report=report)


FORMATS = {
    "html": Format("One HTML file", ".html", "html"),
    "pdf": Format("PDF", ".pdf", "pdf"),
    "slides": Format("Slides in one HTML file", ".slides.html", "slides"),
    "pptx": Format("PowerPoint", ".pptx", "pptx"),
    "markdown": Format("Markdown folder", "", "markdown"),
    "card": Format("Dataset card", "", "card"),
}
