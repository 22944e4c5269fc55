"""The fonts that travel with us: Noto for Latin and most other scripts, for Chinese, Japanese and Korean, for emoji."""

import importlib.util
from pathlib import Path

_PACKAGES = ("manimgx_fonts", "manimgx_fonts_cjk")  # Noto as Google publishes it, SIL Open Font License
MAIN = "Noto Sans"
# in the order in which a letter is looked for; Chinese forms before Japanese ones where both share a letter
FAMILIES = (
    MAIN,
    "Noto Sans Arabic",
    "Noto Sans Hebrew",
    "Noto Sans CJK SC",
    "Noto Sans Devanagari",
    "Noto Sans Thai",
    "Noto Sans Symbols",
    "Noto Emoji",
)


def font_folders() -> list[Path]:
    """The folders that the fonts lie in; none where their packages are not installed."""
    specs = (importlib.util.find_spec(name) for name in _PACKAGES)
    return [Path(spec.origin).parent for spec in specs if spec is not None and spec.origin]


def font_files() -> list[Path]:
    """The files of the fonts, in an order that stays."""
    files = (path for folder in font_folders() for path in sorted(folder.iterdir()))
    return [path for path in files if path.suffix in (".ttf", ".otf", ".ttc")]


def main_file() -> Path | None:
    """The file of MAIN, upright; None where it is not installed."""
    return next((path for path in font_files() if path.name == "NotoSans[wght].ttf"), None)
