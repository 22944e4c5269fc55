"""Sprite images: many small pictures in one, as TensorFlow's embedding projector wants them."""

from dataclasses import dataclass

LARGEST_SIDE = 8192  # pixels that the projector takes. Ref: tensorflow.org/tensorboard/tensorboard_projector_plugin
LARGEST_TILE = 64


@dataclass(frozen=True)
class SpriteGrid:
    """A square of `cells` by `cells` pictures of `tile` pixels a side, filled row by row."""

    cells: int
    tile: int

    @property
    def side(self) -> int:
        """Pixels of a side of the whole."""
        return self.cells * self.tile

    def corner(self, index: int) -> tuple[int, int]:
        """Left and top of picture `index`, in pixels."""
        return index % self.cells * self.tile, index // self.cells * self.tile


def sprite_grid(n_pictures: int) -> SpriteGrid:
    """The grid for `n_pictures`: as many columns as rows, tiles of at most 64 pixels, the whole within 8192.

    Raises ValueError for less than one picture and for more than fit at a pixel each.
    """
    if not 1 <= n_pictures <= LARGEST_SIDE**2:
        raise ValueError(f"n_pictures must lie in 1 to {LARGEST_SIDE**2}, not {n_pictures}.")
    cells = int((n_pictures - 1) ** 0.5) + 1
    while (cells - 1) ** 2 >= n_pictures:
        cells -= 1
    while cells**2 < n_pictures:
        cells += 1
    return SpriteGrid(cells, min(LARGEST_TILE, LARGEST_SIDE // cells))
