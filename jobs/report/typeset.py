"""What typst sets from our templates and data: a PDF, a figure as a PNG. Data is read as JSON, never as markup."""

import json
import shutil
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import Any

import typst

from jobs.report.fonts import font_folders
from jobs.report.svg_texts import texts_apart

_ASSETS = Path(__file__).parent / "assets"


def figure_entry(svg: bytes, *, width: int, height: int, name: str, folder: Path) -> dict[str, Any]:
    """What figure.typ reads of a figure, whose shapes are put into the folder as `name`."""
    shapes, texts = texts_apart(svg)
    (folder / name).write_bytes(shapes)
    return {"svg": name, "width": width, "height": height, "texts": [asdict(text) for text in texts]}


def png_from_svg(svg: bytes, *, width: int, height: int, scale: float) -> bytes:
    """The SVG as a PNG file of width * scale by height * scale pixels on clear ground, every letter in our fonts."""
    with tempfile.TemporaryDirectory(prefix="vitrine-figure-") as name:
        folder = Path(name)
        entry = figure_entry(svg, width=width, height=height, name="figure.svg", folder=folder)
        (folder / "figure.json").write_text(json.dumps(entry), encoding="utf-8")
        return set_by("picture.typ", folder, format="png", ppi=72 * scale)


def set_by(template: str, folder: Path, **options: Any) -> bytes:
    """The file that typst makes of a template of assets/ and the data in the folder. Raises typst.TypstError.

    Fonts are ours alone, and typst's own, so that every machine sets the same.
    """
    for asset in _ASSETS.glob("*.typ"):
        shutil.copyfile(asset, folder / asset.name)
    done = typst.compile(
        str(folder / template),
        root=str(folder),
        font_paths=[str(path) for path in font_folders()],
        ignore_system_fonts=True,
        **options,
    )
    return done if isinstance(done, bytes) else b"".join(done or [])
