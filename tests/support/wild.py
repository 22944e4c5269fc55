"""Strategies for what strangers send: files that were whole once, JSON of any shape, texts and numbers at the edges."""

from collections.abc import Mapping, Sequence

from hypothesis import strategies as st

WILD_TEXTS = (
    *(
        "",
        " ",
        "\0",
        "\ud800",
        "٣",
        "１",
        "=1+1",
        "../..",
        "/etc/passwd",
        "C:\\x",
        "%00",
        "a" * 5_000,
        "<script>",
        "[x](y)",
    ),
    *(
        "nan",
        "-inf",
        "1e309",
        "1e308",
        "-0",
        "9" * 39,
        "9" * 5_000,
        "0x10",
        "1_0",
        "true",
        "null",
        "None",
        "{}",
        "[" * 2_000,
    ),
)
WILD_NUMBERS = (0, -1, 1, 2**31, 2**53, 2**62, -(2**63), 10**30, 1e308, -1e308, 1e-320, 0.5, float("inf"), float("nan"))
_BYTES = (
    *(
        b"",
        b"\0",
        b"\xff",
        b"\xff\xff\xff\xff",
        b"\x7f\xff\xff\xff",
        b"\x80\0\0\0",
        b"\xef\xbb\xbf",
        b"\xed\xa0\x80",
        b"\n" * 50,
    ),
    *(
        b",",
        b'"',
        b"'",
        b"{",
        b"[" * 3_000,
        b"]",
        b"null",
        b"NaN",
        b"1e999",
        b"-1",
        b"9" * 400,
        b'"\\ud800"',
        b"\x1f\x8b",
        b"PK",
    ),
)


def texts() -> st.SearchStrategy[str]:
    """Any text, wild ones often."""
    return st.sampled_from(WILD_TEXTS) | st.text(max_size=40)


def values() -> st.SearchStrategy[object]:
    """Any JSON value that is a leaf."""
    return st.none() | st.booleans() | st.sampled_from(WILD_NUMBERS) | st.integers() | st.floats() | texts()


def json_values() -> st.SearchStrategy[object]:
    """Any JSON value."""
    return st.recursive(
        values(), lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts(), inner, max_size=4)
    )


def changed(document: object) -> st.SearchStrategy[object]:
    """A JSON document like `document`, of which any part may be another, be gone, or stand there twice."""
    alike: st.SearchStrategy[object]
    if isinstance(document, Mapping):
        parts = {name: changed(inner) for name, inner in document.items()}
        alike = st.fixed_dictionaries({}, optional=parts) | st.fixed_dictionaries(parts)
    elif isinstance(document, Sequence) and not isinstance(document, str):
        alike = st.lists(st.one_of([changed(inner) for inner in document]), max_size=5) if document else st.just([])
    else:
        alike = st.just(document)
    return st.integers(0, 9).flatmap(lambda die: json_values() if die == 0 else alike)


def damaged(corpus: Sequence[bytes]) -> st.SearchStrategy[bytes]:
    """One of `corpus` with up to six bytes, pieces or ends of it changed."""
    edit = st.tuples(
        st.sampled_from(["flip", "insert", "cut", "double", "end"]),
        st.floats(0, 1),
        st.integers(0, 255),
        st.sampled_from(_BYTES),
    )
    return st.builds(_edited, st.sampled_from(list(corpus)), st.lists(edit, max_size=6))


def _edited(data: bytes, edits: Sequence[tuple[str, float, int, bytes]]) -> bytes:
    for kind, where, number, piece in edits:
        at = int(where * len(data))
        if kind == "flip" and data:
            at = min(at, len(data) - 1)
            data = data[:at] + bytes([number]) + data[at + 1 :]
        elif kind == "insert":
            data = data[:at] + piece + data[at:]
        elif kind == "cut":
            data = data[:at] + data[at + number :]
        elif kind == "double":
            data = data[: at + number] + data[at:]
        elif kind == "end":
            data = data[:at]
    return data
