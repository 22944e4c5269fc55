"""A folder before it is imported: what was found, a contact sheet, what will be left out and why."""

import base64
import contextlib
import hashlib
import html
import io
import os
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import streamlit as st
from PIL import Image

from analytics.hashes import HASH_SIDE, perceptual_hash
from importers.sources import PicturePath, local_copy, state_of
from pages.import_data.found import MAX_CLASSES_DRAWN, PICTURES_A_CLASS, ClassCount, Preview, Wrong
from pages.ui import blurring, originals, reasons, session
from pages.ui.drawn import Bounds, Drawn, read_upright
from pages.ui.text import count, plain
from store.privacy import SeenFile

SIDE = 72  # pixels of a small picture, drawn at this size too
MAX_PIXELS = 50_000_000  # a larger one is not worth the wait here; the import itself takes it
LOOKED_AT = 256  # pixels a side of which the perceptual hash is taken, as an import does
MAX_HASHED = 256 << 20  # bytes of all files that are read to know them again
BUDGET_S = 4.0  # for all small pictures together
MAX_CLASSES_LISTED = 60
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
    """A picture as a data URI of at most 72 pixels a side, upright; None if it cannot be drawn."""
    drawn = _draw(path, side=SIDE)
    return None if drawn is None else _data_uri(drawn.image)


def contact_sheet(preview: Preview, *, clock: Callable[[], float] = time.monotonic) -> str:
    """A few pictures of each class as one piece of HTML. Stops decoding after four seconds.

    While people are blurred anywhere, they are blurred here too, in pictures that are known from there.
    """
    began, pictures = clock(), originals.root_of(preview.root)
    shown = [class_count for class_count in (*preview.classes, preview.unlabelled) if class_count.paths]
    paths = [path for class_count in shown for path in class_count.paths]
    drawn: dict[str, Drawn | None] = {}
    side = LOOKED_AT if blurring.stamp() else SIDE
    for path in paths:
        if clock() - began > BUDGET_S:
            break
        drawn[path] = _draw(pictures / path, side=side)
    images = {path: one.image for path, one in drawn.items() if one is not None}
    if blurring.stamp():
        images |= _blurred(preview, {path: one for path, one in drawn.items() if one is not None})
    pieces = []
    for class_count in shown:
        tiles = [_tile(path, images.get(path), late=path not in drawn) for path in class_count.paths]
        pieces.append(
            f"<div class='vt-class'>{_class_line(class_count)}<div class='vt-strip'>{''.join(tiles)}</div></div>"
        )
    return f"{_STYLE}<div class='vt-sheet'>{''.join(pieces)}</div>" if pieces else ""


def _draw(path: PicturePath, *, side: int) -> Drawn | None:
    """A picture, upright, of at most `side` pixels a side; None if it cannot be drawn."""
    try:
        path = local_copy(path)
    except OSError:
        return None
    drawn = read_upright(path, bounds=Bounds(MAX_PIXELS, side=2 * side, original=MAX_PIXELS))
    if drawn is not None:
        drawn.image.thumbnail((side, side))
    return drawn


def _blurred(preview: Preview, drawn: dict[str, Drawn]) -> dict[str, Image.Image]:
    """Those pictures in which something is to be blurred, blurred."""
    root = preview.root
    pictures = originals.root_of(root)
    hashes = _sha256s([pictures / path for path in drawn])
    seen = [
        SeenFile(os.path.join(root, path), sha256, _phash(one.image), one.width, one.height)
        for (path, one), sha256 in zip(drawn.items(), hashes, strict=True)
    ]
    hidden = blurring.what_to_blur_in_files(session.workspace(), seen, root=root, exported_by=preview.exported_by)
    return {
        path: blurring.blurred_picture(one.image, what, width=one.width, height=one.height)
        for (path, one), what in zip(drawn.items(), hidden, strict=True)
        if what is not None
    }


def _sha256s(paths: Sequence[PicturePath]) -> list[str | None]:
    """Of each file's bytes, MAX_HASHED of them in all; None of the others, which are known by their looks alone."""
    left, hashes = MAX_HASHED, []
    for path in paths:
        sha256 = None
        with contextlib.suppress(OSError):
            n_bytes, _ = state_of(path)
            if n_bytes <= left:
                left -= n_bytes
                with local_copy(path).open("rb") as file:
                    sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        hashes.append(sha256)
    return hashes


def _phash(image: Image.Image) -> int:
    luma = image.convert("L").resize((HASH_SIDE, HASH_SIDE), Image.Resampling.LANCZOS)
    return perceptual_hash(np.asarray(luma))


def _data_uri(image: Image.Image) -> str:
    small = image.copy()
    small.thumbnail((SIDE, SIDE))
    out = io.BytesIO()
    small.save(out, "JPEG", quality=82)
    return f"data:image/jpeg;base64,{base64.b64encode(out.getvalue()).decode()}"


def show(preview: Preview, sheet: str) -> None:
    """Draw what was found."""
    st.subheader("What was found")
    st.markdown(plain(preview.title))
    st.caption(plain(preview.root))
    if preview.said:
        st.caption("  \n".join(plain(f"• {sentence}") for sentence in preview.said))
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
        if blurring.stamp():
            st.caption("People are blurred in pictures that are known from a dataset whose people are.")
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


def _tile(path: str, image: Image.Image | None, *, late: bool) -> str:
    title = html.escape(path, quote=True)
    if image is None:
        return f"<div class='vt-broken' title='{title}'>{'not drawn' if late else 'cannot be drawn'}</div>"
    return f"<img src='{_data_uri(image)}' alt='{title}' title='{title}' loading='lazy'>"
