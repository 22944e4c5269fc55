"""A folder before it is imported: what was found, a contact sheet, what will be left out and why."""

import base64
import html
import io
import struct
import time
import zlib
from collections.abc import Callable
from pathlib import Path

import streamlit as st
from PIL import Image, ImageOps

from pages.import_data.found import MAX_CLASSES_DRAWN, PICTURES_A_CLASS, ClassCount, Preview, Wrong
from pages.ui import reasons
from pages.ui.text import count, plain

SIDE = 72  # pixels of a small picture, drawn at this size too
MAX_PIXELS = 50_000_000  # a larger one is not worth the wait here; the import itself takes it
BUDGET_S = 4.0  # for all small pictures together
MAX_CLASSES_LISTED = 60
FORMATS = (
    "JPEG",
    "PNG",
    "GIF",
    "BMP",
    "WEBP",
    "TIFF",
    "PPM",
)  # all with a signature; no EPS, which runs a program
# What Pillow raises on damaged bytes.
DECODER_ERRORS = (
    OSError,
    SyntaxError,
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
    ArithmeticError,
    EOFError,
    AssertionError,
    RuntimeError,
    struct.error,
    zlib.error,
    MemoryError,
)
_STYLE = f"""<style>
.vt-class {{ margin: 0 0 .7rem; }}
.vt-class b {{ font-weight: 600; }}
.vt-class span {{ opacity: .65; }}
.vt-strip {{ display: grid; grid-template-columns: repeat({PICTURES_A_CLASS}, minmax(0, {SIDE}px)); gap: 6px;
  margin-top: 4px; }}
.vt-strip img, .vt-broken {{ width: 100%; aspect-ratio: 1; object-fit: contain; border-radius: 4px;
  background: rgba(128, 128, 128, .12); }}
.vt-broken {{ display: flex; align-items: center; justify-content: center; font-size: .68rem; opacity: .8;
  text-align: center; line-height: 1.15; }}
.vt-sheet {{ display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 470px), 1fr));
  gap: 0 2rem; }}
</style>"""


def small_picture(path: Path) -> str | None:
    """A picture as a data URI of at most 72 pixels a side, upright on white; None if it cannot be drawn."""
    try:
        with Image.open(path, formats=FORMATS) as image:
            if image.width * image.height > MAX_PIXELS:
                return None
            image.draft("RGB", (2 * SIDE, 2 * SIDE))
            upright = ImageOps.exif_transpose(image)
            upright.thumbnail((SIDE, SIDE))
            rgba = upright.convert("RGBA")
    except DECODER_ERRORS:
        return None
    white = Image.new("RGBA", rgba.size, "white")
    out = io.BytesIO()
    Image.alpha_composite(white, rgba).convert("RGB").save(out, "JPEG", quality=82)
    return f"data:image/jpeg;base64,{base64.b64encode(out.getvalue()).decode()}"


def contact_sheet(preview: Preview, *, clock: Callable[[], float] = time.monotonic) -> str:
    """A few pictures of each class as one piece of HTML. Stops decoding after four seconds."""
    root, began = Path(preview.root), clock()
    shown = [class_count for class_count in (*preview.classes, preview.unlabelled) if class_count.paths]
    pieces = []
    for class_count in shown:
        pictures = []
        for path in class_count.paths:
            late = clock() - began > BUDGET_S
            pictures.append(_tile(path, None if late else small_picture(root / path), late=late))
        pieces.append(
            f"<div class='vt-class'>{_class_line(class_count)}<div class='vt-strip'>{''.join(pictures)}</div></div>"
        )
    return f"{_STYLE}<div class='vt-sheet'>{''.join(pieces)}</div>" if pieces else ""


def show(preview: Preview, sheet: str) -> None:
    """Draw what was found."""
    st.subheader("What was found")
    st.markdown(plain(preview.title))
    st.caption(plain(preview.root))
    with st.grid("auto", min_column_width=150):
        st.metric("Files", f"{preview.n_files:,}")
        st.metric("With a label", f"{preview.n_labelled:,}")
        st.metric("Classes", f"{len(preview.classes):,}")
        splits = ", ".join(f"{name} {n:,}" for name, n in preview.splits)
        st.metric("Splits", f"{len(preview.splits):,}" if preview.splits else "none", help=plain(splits) or None)
    if preview.splits:
        st.caption(plain("Splits: " + ", ".join(f"{name} ({n:,})" for name, n in preview.splits)))
    if sheet:
        st.html(sheet)
        _say_how_many_classes(preview)
    _left_out(preview)


def _say_how_many_classes(preview: Preview) -> None:
    n_more = len(preview.classes) - MAX_CLASSES_DRAWN
    st.caption(
        "At most six pictures a class, spread over its files."
        + (f" {count(n_more, 'more class is', 'more classes are')} not drawn." if n_more > 0 else "")
    )
    if n_more > 0:
        with st.expander("Every class and its number of files", type="compact"):
            names = [f"{class_count.name} ({class_count.n:,})" for class_count in preview.classes[:MAX_CLASSES_LISTED]]
            rest = len(preview.classes) - len(names)
            st.text(", ".join(names) + (f" and {rest:,} more" if rest > 0 else ""))


def _left_out(preview: Preview) -> None:
    if preview.ignored:
        ignored = ", ".join(f"{reason} ({n:,})" for reason, n in preview.ignored)
        st.caption(plain(f"Left aside, as no pictures: {ignored}."))
    if preview.unreadable:
        st.markdown(f"**{preview.n_unreadable:,} that cannot be opened.** Each will stand under Import failures.")
        _wrongs(preview.unreadable, advice=reasons.file_advice)
    if preview.label_problems:
        n_problems = sum(wrong.n for wrong in preview.label_problems)
        taken = "The picture is" if n_problems == 1 else "The pictures are"
        st.markdown(f"**{count(n_problems, 'label')} with a problem.** {taken} taken in, without that label.")
        _wrongs(preview.label_problems, advice=reasons.label_advice)


def _wrongs(wrongs: tuple[Wrong, ...], *, advice: Callable[[str], reasons.Advice]) -> None:
    for wrong in wrongs:
        with st.expander(f"{wrong.n:,}: {plain(advice(wrong.code).title)}", type="compact"):
            for key, reason, value in wrong.examples:
                st.text(f"{key!r}: {reason}" + (f"  ({value})" if value else ""))
            if wrong.n > len(wrong.examples):
                st.caption(f"{len(wrong.examples)} of {wrong.n:,}; all of them are listed under Import failures later.")


def _class_line(class_count: ClassCount) -> str:
    name = html.escape(class_count.name) if class_count.name else "<i>no label</i>"
    return f"<b>{name}</b> <span>{class_count.n:,}</span>"


def _tile(path: str, uri: str | None, *, late: bool) -> str:
    title = html.escape(path, quote=True)
    if uri is None:
        return f"<div class='vt-broken' title='{title}'>{'not drawn' if late else 'cannot be drawn'}</div>"
    return f"<img src='{uri}' alt='{title}' title='{title}' loading='lazy'>"
