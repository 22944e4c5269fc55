"""A workspace opened by one owner: what is kept in memory follows what is written."""

import contextlib


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
