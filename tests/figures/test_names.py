"""Names as they are drawn, and colours that mean the same everywhere."""

from figures.colours import BASE, NO_SPLIT, SPLITS, UNLABELLED, class_colour, split_colours
from figures.names import distinct, literal, one_line


def test_a_name_stays_on_one_line_and_hides_nothing() -> None:
    assert one_line("a\nb\u202ec\x00") == "a↵b\ufffdc\ufffd"
    assert one_line("a\r\nb\tc") == "a↵b c"
    assert one_line(None) == "None"


def test_markup_is_written_out_letter_by_letter() -> None:
    assert literal("<b>x</b>") == "&lt;b&gt;x&lt;/b&gt;"
    assert literal("a & b\n&lt;") == "a &amp; b↵&amp;lt;"
    assert "$" not in literal("$x^2$")  # a formula, where MathJax is at hand
    assert "%{" not in literal("%{y}")  # a value, in a legend or a title


def test_a_long_name_is_cut_before_it_is_written_out() -> None:
    assert literal("a" * 30, px=64) == "a" * 9 + "…"
    assert literal("a" * 10, px=64) == "a" * 10
    assert literal("<" * 30, px=64) == "&lt;" * 9 + "…"
    assert literal("猫" * 30, px=64) == "猫" * 4 + "…"  # twice as wide


def test_equal_names_are_told_apart() -> None:
    assert distinct(["cat", "dog", "cat", "cat\n", "cat"]) == ["cat", "dog", "cat (2)", "cat↵", "cat (3)"]
    assert distinct([]) == []


def test_thirty_classes_have_thirty_colours() -> None:
    assert len({class_colour(index) for index in range(30)}) == 30
    assert class_colour(None) == UNLABELLED != class_colour(0)


def test_splits_keep_their_usual_colours_and_others_get_what_is_left() -> None:
    assert split_colours(["train", "Val", "test", None]) == [SPLITS["train"], SPLITS["val"], SPLITS["test"], NO_SPLIT]
    odd = split_colours(["a", "b", "train"])
    assert len(set(odd)) == 3 and set(odd) <= set(BASE)
