"""Words for the next search, from what a class is taken for by its name."""

import numpy as np

from analytics.search_words import proposals, without

NAMES = ("Leopard", "Cheetah", "snow leopard")


def test_a_class_that_is_taken_for_another_is_searched_without_that_word() -> None:
    confusion = np.array([[80, 14, 6], [1, 99, 0], [0, 0, 3]])
    first, second = proposals(confusion, names=NAMES)
    assert (first.class_index, first.other_index, first.query) == (0, 1, "Leopard -cheetah")
    assert (first.share, first.n, first.n_taken) == (0.14, 100, 14) and first.low < 0.14 < first.high
    assert (second.other_index, second.query) == (2, "Leopard -snow")  # its own word stays


def test_a_few_pictures_and_a_rare_confusion_propose_nothing() -> None:
    assert proposals(np.array([[1, 9], [0, 19]]), names=NAMES[:2]) == []
    assert proposals(np.array([[97, 3], [0, 99]]), names=NAMES[:2]) == []
    assert proposals(np.zeros((0, 0), np.int64), names=()) == []


def test_a_name_that_holds_all_of_the_other_leaves_nothing_out() -> None:
    assert without("snow leopard", "leopard") == ""
    assert without("", "leopard") == ""
    assert without('a "b"', "c:d c") == "a b -c -d"
