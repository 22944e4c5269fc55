"""Markdown of strangers: a few signs count, everything else stays letters, and nothing is loaded from anywhere."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from pages.ui.safe_markdown import safe_markdown

READER = MarkdownIt("commonmark", {"linkify": False}).enable(["table", "strikethrough"])
ALLOWED = {
    "paragraph", "bullet_list", "ordered_list", "list_item", "blockquote", "strong", "em", "link", "text",
    "code_inline", "softbreak", "hardbreak", "inline",
}  # fmt: skip
SIGNS = st.text(alphabet="ab *_`[]()!<>#-+.1\n\t:$|~\\&/\"'{}=@h", max_size=60)


def tokens(text: str) -> list[Token]:
    """All tokens that a reader of Markdown finds, those within lines too."""
    found = READER.parse(text)
    return [each for token in found for each in (token, *(token.children or []))]


def kinds(text: str) -> set[str]:
    return {each.type.removesuffix("_open").removesuffix("_close") for each in tokens(safe_markdown(text))}


@given(SIGNS | st.text(max_size=60))
@example("[a](javascript:alert(1))")
@example("![a](https://evil.example/x.png)")
@example("[![a](https://evil.example/x.png)](https://b.example)")
@example("**a *b** c*")
@example("<img src=x onerror=alert(1)>")
@example("a\n---\nb\n===")
@example("    indented\n\t\ttabbed\n```\nfenced\n```")
@example("[a]: https://evil.example\n[a]")
@example("&lt;b&gt; &#60;i&#62; &colon;")
def test_only_a_few_signs_count_in_any_text(text) -> None:
    assert kinds(text) <= ALLOWED
    for each in tokens(safe_markdown(text)):
        if each.type == "link_open":
            assert str(each.attrs["href"]).startswith(("http://", "https://"))


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("**bold**", "strong"),
        ("so *that* is", "em"),
        ("`x < y`", "code_inline"),
        ("- one\n- two", "bullet_list"),
        ("1. one\n2. two", "ordered_list"),
        ("> said", "blockquote"),
        ("see [this](https://example.org/a?b=1)", "link"),
    ],
)
def test_what_counts_counts(text, kind) -> None:
    assert kind in kinds(text)


def test_a_link_says_its_host_and_letters_stay_letters() -> None:
    assert (
        safe_markdown("[my bank](https://evil.example/x)").rstrip()
        == "[my bank (evil\\.example)](https://evil.example/x)"
    )
    (inline,) = [each for each in READER.parse(safe_markdown("2 * 3 * 4 <b> :red[x] $a$ 100 %")) if each.children]
    assert inline.children and [each.content for each in inline.children] == ["2 * 3 * 4 <b> :red[x] $a$ 100 %"]


def test_what_cannot_be_seen_or_turns_the_writing_around_is_marked() -> None:
    assert "\u202e" not in safe_markdown("a\u202eb `c\u202ed`")
