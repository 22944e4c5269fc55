"""How large a file may be that goes to a bucket at once, and in which parts larger ones go."""

from dataclasses import dataclass

from analytics.wording import count
from jobs.engine.errors import ExportRefused

MIB, GIB, TIB = 1 << 20, 1 << 30, 1 << 40
LEAST_PART = 5 * MIB  # of S3, for all parts but the last


@dataclass(frozen=True)
class Limits:
    """Bytes, as S3 has them. part: what goes at once, and the least that a part of a larger file has."""

    part: int = 64 * MIB
    most_parts: int = 10_000
    most_part: int = 5 * GIB  # also of what is put at once
    most_object: int = 5 * TIB

    def part_bytes(self, n_bytes: int) -> int:
        """The bytes of each part of a file of `n_bytes`, so that there are no more than most_parts; 0: it goes at once.

        Raises ExportRefused for a file that no bucket takes.
        """
        least = -(-n_bytes // self.most_parts)
        if n_bytes > self.most_object or least > self.most_part:
            raise ExportRefused(
                f"A file of {n_bytes:,} bytes is larger than an object may be ({self.most_object:,} bytes, in "
                f"{count(self.most_parts, 'part')} of at most {self.most_part:,})."
            )
        if n_bytes <= min(self.part, self.most_part):
            return 0
        return min(max(self.part, least), self.most_part)


USUAL = Limits()


def parts_of(n_bytes: int, *, part_bytes: int) -> list[tuple[int, int]]:
    """Where each part begins, and its bytes."""
    return [(first, min(part_bytes, n_bytes - first)) for first in range(0, n_bytes, part_bytes)]
