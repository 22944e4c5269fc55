"""Colours that mean the same in every chart and on every page."""

import colorsys

# Ten hues told apart with the common kinds of colour blindness by hue and lightness together; each has a contrast of
# at least 3:1 against the light and the dark background of .streamlit/config.toml. Ref: Wong, Nature Methods 2011.
BASE = (
    "#0f8a80",
    "#d06a1c",
    "#4a7fd0",
    "#c2559a",
    "#7f8c1f",
    "#8a6fd1",
    "#d2554a",
    "#2590b5",
    "#a0703f",
    "#7d858f",
)
ACCENT, SECOND, QUIET = BASE[0], BASE[1], BASE[9]  # the first line of a chart, the second, what stands behind them
UNLABELLED = "#9aa0a6"
RULE = "#6f767d"  # intervals and marks over bars, on light ground and on dark
SPLITS = {
    "train": "#0f8a80",
    "val": "#d06a1c",
    "valid": "#d06a1c",
    "validation": "#d06a1c",
    "test": "#8a6fd1",
}
NO_SPLIT = "#7d858f"
# Dark blue over green to yellow: even steps of lightness, also in print and for the colour-blind.
# Ref: viridis, van der Walt and Smith, 2015.
RAMP = ("#440154", "#3b528b", "#21918c", "#5ec962", "#e8d21d")
_SHADES = (0.0, 0.09, -0.07)


def class_colour(index: int | None) -> str:
    """The colour of a class by its index: ten hues, then the same hues lighter and darker; grey for no class."""
    if index is None:
        return UNLABELLED
    hue = BASE[index % len(BASE)]
    return _lighter(hue, by=_SHADES[index // len(BASE) % len(_SHADES)])


def split_colours(splits: list[str | None]) -> list[str]:
    """A colour for each split: the usual names keep theirs."""
    spare = iter([colour for colour in BASE if colour not in SPLITS.values()] * (len(splits) // 5 + 1))
    return [NO_SPLIT if split is None else SPLITS.get(split.lower()) or next(spare) for split in splits]


def _lighter(colour: str, *, by: float) -> str:
    red, green, blue = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    hue, light, saturation = colorsys.rgb_to_hls(red, green, blue)
    parts = colorsys.hls_to_rgb(hue, min(0.95, max(0.05, light + by)), saturation)
    return "#" + "".join(f"{round(part * 255):02x}" for part in parts)
