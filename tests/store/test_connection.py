"""A workspace opened by one owner: what is kept in memory follows what is written."""

import contextlib

from store import connection


def test_what_is_kept_until_the_next_write_is_read_again_after_it(workspace) -> None:
    reads: list[int] = []

    def read() -> int:
        reads.append(workspace.generation())
        return len(reads)

    assert [workspace.until_written("n", read), workspace.until_written("n", read)] == [1, 1]
    with workspace.writing():
        pass
    assert workspace.until_written("n", read) == 2 and reads[1] > reads[0]
    with contextlib.suppress(ZeroDivisionError), workspace.writing():
        raise ZeroDivisionError  # nothing was written
    assert workspace.until_written("n", read) == 2


def test_so_many_answers_are_kept_and_no_more(workspace, monkeypatch) -> None:
    monkeypatch.setattr(connection, "MOST_KEPT", 3)
    for number in range(5):
        assert workspace.until_written(number, lambda number=number: number) == number
    assert [workspace.at_hand(number) for number in range(5)] == [0, 1, 2, None, None]
    with workspace.writing():
        pass
    assert workspace.until_written(4, lambda: "new") == workspace.at_hand(4) == "new"  # what is old has made room
    assert workspace.at_hand(0) is None and len(workspace._kept) == 1
