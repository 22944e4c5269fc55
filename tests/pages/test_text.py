"""Words and numbers on a page: strangers' names as text, counts, sizes, shares and scores."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pages.ui.text import count, file_size, listed, percent, plain, share


def test_plain_text_keeps_markdown_from_meaning_anything() -> None:
    assert plain("a*b_c`d") == r"a\*b\_c\`d"
    assert plain(":material/home: $x$") == r"\:material\/home\: \$x\$"
    assert plain("<b>&amp;") == r"\<b\>&amp;amp;"
    assert plain("a\nb\u202ec") == "a↵b\ufffdc"


# As mdast-util-gfm-autolink-literal finds them in text whose escapes are gone.
WEB = re.compile(r"(https?://|www(?=\.))([-.\w]+)([^ \t\r\n]*)", re.IGNORECASE)
MAIL = re.compile(r"([-.\w+]+)@([-\w]+(?:\.[-\w]+)+)")


@pytest.mark.parametrize("name", ["http://evil.example/x", "HTTPS://a.b", "see www.a.b", "WWW.a.b", "me@a.example"])
def test_a_bare_address_in_a_name_is_no_link_and_looks_as_it_did(name) -> None:
    shown = plain(name).replace("\\", "")
    assert WEB.search(name) or MAIL.search(name)
    assert not WEB.search(shown) and not MAIL.search(shown)
    assert shown.replace("\u2060", "") == name


@given(st.text() | st.from_regex(WEB) | st.from_regex(MAIL))
@pytest.mark.long
def test_no_name_holds_a_link(name) -> None:
    shown = re.sub(r"\\(?=[^\w\s])", "", plain(name))
    assert not WEB.search(shown) and not MAIL.search(shown)


def test_numbers_read_as_people_write_them() -> None:
    assert (count(1, "image"), count(31848, "image"), count(2, "class", "classes")) == (
        "1 image",
        "31,848 images",
        "2 classes",
    )
    assert (file_size(0), file_size(999), file_size(1700), file_size(55_729_950)) == (
        "0 bytes",
        "999 bytes",
        "1.7 KB",
        "56 MB",
    )
    assert (share(0), share(0.00001), share(0.05), share(0.5), share(0.99999), share(1)) == (
        "0 %",
        "under 0.1 %",
        "5.0 %",
        "50 %",
        "over 99.9 %",
        "100 %",
    )
    assert listed(["a"]) == "a"
    assert listed(["a", "b", "c", "d", "e"]) == "a, b, c and 2 others"
    assert listed([]) == ""


def test_a_score_has_one_decimal_and_a_dash_where_there_is_none() -> None:
    assert [percent(value) for value in (0.0, 0.36249, 1.0)] == ["0.0 %", "36.2 %", "100.0 %"]
    assert [percent(value) for value in (None, float("nan"), np.nan)] == ["–", "–", "–"]
    assert percent(np.float64(0.5)) == "50.0 %"
