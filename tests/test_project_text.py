"""What stands in the project's files: pins, settings, SQL in its place, no machine of ours."""

import ast
import importlib.metadata
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from streamlit import config as streamlit_config

from tests.support.places import PROJECT

ROOMS = (
    "analytics",
    "evidence",
    "figures",
    "models",
    "store",
    "importers",
    "jobs",
    "service",
    "cli",
    "pages",
    "components",
    "vitrine",
)
SETTINGS = tomllib.loads((PROJECT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
STATEMENT = re.compile(
    r"\s*(SELECT\s+\S|INSERT\s+(OR\s+\w+\s+)?INTO\s|UPDATE\s+\S+\s+SET\s|DELETE\s+FROM\s|"
    r"(CREATE|ALTER|DROP)\s+(OR\s+REPLACE\s+)?(TABLE|VIEW|SEQUENCE|INDEX)\s|WITH\s+\w+\s+AS\s*\()"
)
# Put together from halves, so that this file does not trip over itself.
REGISTRY_HOSTS = [
    "pypi" + ".org",
    "python" + "hosted.org",
    "registry.npm" + "js.org",
    "deb.debian" + ".org",
    "archive.ubuntu" + ".com",
    "conda.ana" + "conda.org",
]
MACHINE_PATH = re.compile(r"(?<![\w./}-])/(?:work|tmp/" + r"w|tmp/data|opt/wheels)(?![\w.-])")


def project_files() -> list[Path]:
    """Every text file that is in git, or would be."""
    if not (PROJECT / ".git").exists():
        pytest.skip("not a git checkout: which files belong to the project is not known")
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=PROJECT,
        capture_output=True,
        check=True,
    ).stdout
    paths = [PROJECT / name.decode() for name in listed.split(b"\0") if name]
    return [path for path in paths if path.is_file() and b"\0" not in path.read_bytes()[:8000]]


def pins(name: str) -> dict[str, str]:
    """The pins of a requirements file: name in lower case with dashes -> version."""
    lines = (PROJECT / name).read_text(encoding="utf-8").splitlines()
    wanted = [line.strip() for line in lines if line.strip() and not line.startswith("#")]
    assert all(re.fullmatch(r"[\w.-]+==[\w.]+", line) for line in wanted), f"{name}: pin with == only"
    return {re.sub(r"[-_.]+", "-", a).lower(): b for a, b in (line.split("==") for line in wanted)}


def test_what_is_pinned_is_what_is_installed() -> None:
    wanted = pins("requirements.txt") | pins("requirements-dev.txt")
    seen = {name: importlib.metadata.version(name) for name in wanted}
    assert seen == wanted


def optional_packages() -> set[str]:
    """What an extra of ours brings, and the tests are run with: an installation goes without."""
    extras = tomllib.loads((PROJECT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
    named = {re.split(r"[<>=~! ]", one, maxsplit=1)[0].lower() for extra in extras.values() for one in extra}
    return named & pins("requirements-dev.txt").keys()


def test_every_package_that_we_import_is_pinned() -> None:
    known = importlib.metadata.packages_distributions()
    pinned = pins("requirements.txt").keys() | optional_packages()
    missing = {}
    for path in [PROJECT / "app.py", *(p for room in ROOMS for p in (PROJECT / room).rglob("*.py"))]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and not node.level:
                names = [node.module or ""]
            for top in {name.split(".")[0] for name in names} - sys.stdlib_module_names - {*ROOMS}:
                owners = {re.sub(r"[-_.]+", "-", owner).lower() for owner in known.get(top, [])}
                if owners and not owners & pinned:
                    missing[top] = str(path.relative_to(PROJECT))
    assert not missing, f"add to requirements.txt: {missing}"


def test_sql_lives_in_the_store() -> None:
    found = [
        f"{path.relative_to(PROJECT)} line {node.lineno}: {node.value.strip()[:60]}"
        for path in [PROJECT / "app.py", *(p for room in ROOMS for p in (PROJECT / room).rglob("*.py"))]
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and STATEMENT.match(node.value)
    ]
    assert not found, "move into store/sql:\n" + "\n".join(found)


@pytest.mark.parametrize(
    ("text", "is_sql"),
    [
        ("SELECT id FROM image", True),
        ("\n  WITH kept AS (SELECT 1) SELECT * FROM kept", True),
        ("DELETE FROM image WHERE id = ?", True),
        ("CREATE OR REPLACE VIEW current_label AS", True),
        ("Select a class first.", False),
        ("Update the workspace", False),
        ("WITH ALL PICTURES", False),
    ],
)
def test_sql_is_told_from_words(text: str, is_sql: bool) -> None:
    assert bool(STATEMENT.match(text)) is is_sql


def test_no_file_names_a_package_registry_or_a_path_of_one_machine() -> None:
    found = []
    for path in project_files():
        for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), 1):
            if any(host in line for host in REGISTRY_HOSTS) or MACHINE_PATH.search(line):
                found.append(f"{path.relative_to(PROJECT)}:{number}: {line.strip()[:90]}")
    assert not found, "\n".join(found)


def _options(table: dict[str, object], prefix: str = "") -> dict[str, object]:
    flat: dict[str, object] = {}
    for name, value in table.items():
        dotted = f"{prefix}{name}"
        flat |= _options(value, f"{dotted}.") if isinstance(value, dict) else {dotted: value}
    return flat


def test_streamlit_knows_every_setting() -> None:
    for name in _options(SETTINGS):
        streamlit_config.get_option(name)  # raises RuntimeError for one it does not know


def test_the_app_is_private_unless_told_otherwise() -> None:
    assert SETTINGS["server"]["address"] == "localhost"
    assert set(SETTINGS["server"]["allowedHosts"]) == {"localhost", "127.0.0.1"}
    assert SETTINGS["browser"]["gatherUsageStats"] is False
    assert SETTINGS["client"]["showErrorDetails"] == "none"


def test_no_setting_points_to_another_host() -> None:
    assert not [name for name, value in _options(SETTINGS).items() if "://" in str(value)]


def _luminance(colour: str) -> float:
    channels = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """WCAG 2.2 contrast ratio of two #rrggbb colours, in [1, 21]."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_black_on_white_has_the_largest_contrast() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#777777") == 1


@pytest.mark.parametrize("base", ["light", "dark"])
def test_both_themes_can_be_read(base: str) -> None:
    theme = SETTINGS["theme"][base]
    papers = (theme["backgroundColor"], theme["secondaryBackgroundColor"])
    for paper in (*papers, theme["sidebar"]["backgroundColor"]):
        assert contrast(theme["textColor"], paper) >= 7
        assert contrast(theme["linkColor"], paper) >= 4.5
        assert contrast(theme["primaryColor"], paper) >= 3  # WCAG 1.4.11: parts of controls
    assert contrast(theme["primaryColor"], "#ffffff") >= 4.5  # Streamlit writes on it in white
    classes = theme["chartCategoricalColors"]
    assert len(set(classes)) == 10
    assert all(contrast(colour, theme["backgroundColor"]) >= 3 for colour in classes)
    assert len(theme["chartSequentialColors"]) == len(theme["chartDivergingColors"]) == 10
