"""What of a report fits on slides, and what is said of what does not."""

from evidence.report.parts import Block, ClaimCard, Column, Facts, Gallery, Group, Missing, Pair, Pairs, Picture, Table
from jobs.report.slide_blocks import MOST_ROWS, ONE_GROUP, Slide, cut, pictures_on, slides_of
from jobs.report.slides import _notes
from tests.support.sample_report import sample


def pictures(n: int) -> list[Picture]:
    return [Picture(image_id=i, sha256=f"{i:064x}") for i in range(n)]


def test_a_block_is_a_slide() -> None:
    document = sample()
    assert [slide.block.id for slide in slides_of(document)] == [block.id for block in document.blocks]


def test_several_parts_of_a_block_are_slides_that_say_which() -> None:
    block = Block(id=1, kind="missing", parts=[Missing(sentence="a"), Missing(sentence="b")])
    document = sample().model_copy(update={"blocks": [block]})
    assert [slide.place for slide in slides_of(document)] == ["1 of 2", "2 of 2"]


def test_the_words_of_a_block_are_notes_unless_they_are_the_slide() -> None:
    block = Block(id=1, kind="missing", text="Said **of** it.", parts=[Missing(sentence="a")])
    assert _notes(Slide(block, block.parts[0])) == "<p>Said <strong>of</strong> it.</p>\n"
    assert _notes(Slide(Block(id=2, kind="text", text="Words"))) is None


def test_a_large_gallery_is_cut_and_says_how_many_of_how_many() -> None:
    gallery = cut(Gallery(groups=[Group(pictures=pictures(40))], note="The nearest."))
    assert len(gallery.pictures) == ONE_GROUP == 12
    assert gallery.note == "12 of 40. The nearest."


def test_a_gallery_of_many_groups_keeps_the_first() -> None:
    gallery = cut(Gallery(groups=[Group(title=str(i), pictures=pictures(10)) for i in range(5)]))
    assert [group.title for group in gallery.groups] == ["0", "1", "2"]
    assert gallery.note == "24 of 50."


def test_a_gallery_that_fits_says_nothing() -> None:
    gallery = Gallery(groups=[Group(pictures=pictures(12))], note="All.")
    assert cut(gallery) == gallery


def test_pictures_that_are_cut_off_are_not_in_the_file() -> None:
    block = Block(id=1, kind="gallery", parts=[Gallery(groups=[Group(pictures=pictures(40))])])
    assert len(pictures_on(slides_of(sample().model_copy(update={"blocks": [block]})))) == 12


def test_a_long_table_knows_how_long_it_was() -> None:
    table = Table(columns=[Column(title="n", kind="count")], rows=[[i] for i in range(30)])
    assert (len(cut(table).rows), cut(table).n_rows) == (MOST_ROWS, 30)
    known = cut(table.model_copy(update={"n_rows": 4000}))
    assert known.n_rows == 4000


def test_pairs_and_reasons_are_cut_too() -> None:
    pairs = cut(Pairs(rows=[Pair(left=each) for each in pictures(7)]))
    assert (len(pairs.rows), pairs.note) == (2, "2 of 7.")
    card = ClaimCard(claim_id=1, sentence="s", now="s", verdict="holds", why=list("abcde"))
    assert cut(card).why == ["a", "b", "c", "and 2 more"]


def test_a_wide_table_says_how_many_of_its_columns_it_shows() -> None:
    table = cut(Table(columns=[Column(title=str(i)) for i in range(14)], rows=[[str(i) for i in range(14)]]))
    assert len(table.columns) == len(table.rows[0]) == 9 and table.note == "9 of 14 columns."


def test_facts_that_do_not_fit_are_counted() -> None:
    facts = cut(Facts(rows=[(str(i), "x") for i in range(14)]))
    assert facts.rows[-1] == ("…", "and 5 more")
