"""The curator's Markdown as HTML that can do nothing."""

import pytest

from evidence.report.wording import literal_markdown
from jobs.report.markup import name_tag, tag
from jobs.report.words import html_of
from tests.support.sample_report import NAMES


@pytest.mark.parametrize(
    "text", ["<script>alert(1)</script>", "a <img src=x onerror=alert(1)>", "<b>bold</b>", "<!-- x -->"]
)
def test_tags_in_the_words_are_letters(text) -> None:
    assert "<p>" in html_of(text) and not any(tag in html_of(text) for tag in ("<script", "<img", "<b>", "<!--"))


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "data:text/html,x", "vbscript:x", "file:///etc/passwd", "//example.org", "page.html"]
)
def test_links_that_are_neither_http_nor_mail_stay_text(url) -> None:
    assert "href" not in html_of(f"[here]({url})")


@pytest.mark.parametrize("url", ["https://example.org/a", "http://example.org", "mailto:ana@example.org"])
def test_other_links_lead_there_and_tell_nothing(url) -> None:
    assert f'<a href="{url}" rel="noopener noreferrer" target="_blank">here</a>' in html_of(f"[here]({url})")


def test_a_picture_from_elsewhere_is_its_words() -> None:
    assert html_of('![a "cat"](https://example.org/cat.jpg)') == "<p><em>a &quot;cat&quot;</em></p>\n"


def test_headings_begin_below_the_title_of_a_block() -> None:
    assert html_of("# One\n\n#### Four") == "<h4>One</h4>\n<h6>Four</h6>\n"


@pytest.mark.parametrize("name", NAMES)
def test_a_name_that_was_filled_in_stays_text(name) -> None:
    letters = " ".join(name.split()).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    assert html_of(f"Of {literal_markdown(name)}") == f"<p>Of {letters}</p>\n"


def test_an_element_makes_text_of_what_is_no_element() -> None:
    inner = name_tag("b", "<i>&", title='"><script>')
    assert inner == '<b dir="auto" title="&quot;&gt;&lt;script&gt;">&lt;i&gt;&amp;</b>'
    assert tag("p", inner, None, "<", id=0, hidden=False) == f'<p id="0">{inner}&lt;</p>'
