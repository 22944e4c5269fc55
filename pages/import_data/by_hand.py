"""The reading of a folder, corrected by hand: which column says what, or which level of folders."""

import streamlit as st

from importers.hints import SEVERAL, Hints, split_key
from pages.import_data import source as import_data_source
from pages.import_data.source import Seen
from pages.ui import tables
from pages.ui.text import LONGEST_LINE, plain

_LABELS = "labels:"
_AS_FOUND = "as found"
_SEPARATORS = {"": _AS_FOUND, "comma": ",", "semicolon": ";", "tab": "tab", "pipe": "|", "space": "blank"}
_SEVERAL = {
    "": _AS_FOUND,
    "no": "one class a cell",
    **{name: f"several, with {mark if mark.strip() else 'blanks'} between" for name, mark in SEVERAL.items() if mark},
}
_ROWS = {"": _AS_FOUND, "together": "several rows of a picture are several labels", "apart": "a picture has one row"}
_HEADER = {"": _AS_FOUND, "yes": "the first row names the columns", "no": "no row does"}
_FIRST = {"": _AS_FOUND, "0": "numbers count from 0", "1": "numbers count from 1"}


def ask(seen: Seen) -> None:
    """Offer to say how the folder is to be read; what is said is looked at at once."""
    with st.expander("Correct the reading by hand", icon=":material/edit_note:"):
        if seen.preview.reading.startswith(_LABELS) and seen.preview.reading != f"{_LABELS}*":
            _ask_table(seen)
        else:
            _ask_folders(seen)


def _ask_table(seen: Seen) -> None:
    file, said = split_key(seen.preview.reading.removeprefix(_LABELS))
    sample = seen.preview.sample
    if sample is not None:
        st.caption(plain(f"The first rows of {file}, as they are read:"))
        rows = [dict(zip(_apart(sample.header), row, strict=False)) for row in sample.rows]
        tables.show(rows, hide_index=True, height="content")
    with st.form("import_by_hand", border=False):
        columns = ["", *(sample.header if sample else ())]
        left, middle, right = st.columns(3)
        given = {
            "path": _column(left, "Column of the picture", columns, said.path),
            "label": _column(middle, "Column of the label", columns, said.label),
            "split": _column(right, "Column of the split", columns, said.split),
            "several": _choice(left, "A cell of the label", _SEVERAL, said.several),
            "rows": _choice(middle, "Rows", _ROWS, said.rows),
            "first": _choice(right, "Class numbers", _FIRST, said.first),
            "header": _choice(left, "Headings", _HEADER, said.header),
            "separator": _choice(middle, "Between cells", _SEPARATORS, said.separator),
            "missing": right.text_input(
                "Texts that mean no label",
                value=said.missing,
                placeholder="NA|?",
                help="Separated by |",
                max_chars=LONGEST_LINE,
            ).strip(),
        }
        if st.form_submit_button("Read it so", icon=":material/search:"):
            hints = Hints(encoding=said.encoding, **given)
            _look_again(seen, f"{_LABELS}{file}{hints.as_query()}")


def _ask_folders(seen: Seen) -> None:
    st.caption(
        "Say what each level of folders is, from the top: `split`, `class` or `-` for nothing, as in `split/-/class`. "
        "Or say where in a file's name its class stands, by a regular expression with one group, as in `^([a-z]+)_`. "
        "Or name the label file."
    )
    with st.form("import_by_hand", border=False):
        left, middle, right = st.columns(3)
        levels = left.text_input("Levels of folders", placeholder="split/-/class", max_chars=LONGEST_LINE).strip()
        pattern = middle.text_input("Class in the file's name", placeholder="^([a-z]+)_", max_chars=LONGEST_LINE)
        labels = right.text_input("Label file below the folder", placeholder="meta/train.csv", max_chars=LONGEST_LINE)
        if st.form_submit_button("Read it so", icon=":material/search:"):
            said = [
                f"levels:{levels}" if levels else "",
                f"names:{pattern.strip()}" if pattern.strip() else "",
                f"{_LABELS}{labels.strip()}" if labels.strip() else "",
            ]
            reading = next(filter(None, said), "")
            if reading:
                _look_again(seen, reading)


def _look_again(seen: Seen, reading: str) -> None:
    """Look at the folder so; what cannot be read so is said, and the folder stays as it was read."""
    refusal = import_data_source.refusal_of(seen.look, reading)
    if refusal:
        st.error(plain(refusal), icon=":material/block:")
        return
    import_data_source.say_by_hand(reading)
    st.rerun()


def _column(place: st.delta_generator.DeltaGenerator, title: str, columns: list[str], said: str) -> str:
    options = columns if said in columns else [*columns, said]
    chosen = place.selectbox(
        title,
        options,
        index=options.index(said),
        format_func=lambda name: name or _AS_FOUND,
        key=f"by_hand {title} {said}",
    )
    return chosen or ""


def _choice(place: st.delta_generator.DeltaGenerator, title: str, options: dict[str, str], said: str) -> str:
    keys = list(options) if said in options else [*options, said]
    chosen = place.selectbox(
        title,
        keys,
        index=keys.index(said),
        format_func=lambda key: options.get(key, key),
        key=f"by_hand {title} {said}",
    )
    return chosen or ""


def _apart(header: tuple[str, ...]) -> list[str]:
    """Headings, each unlike the others, as a table needs them."""
    return [name if header.count(name) == 1 else f"{name} ({at + 1})" for at, name in enumerate(header)]
