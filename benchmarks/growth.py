"""Seconds and peak memory of import and embedding as the number of pictures grows.

    python benchmarks/growth.py --pictures DIR [--sizes 10000 30000 100000] [--kinds import embed] [--tiny-model]

Pictures are taken from DIR again and again, as hard links under new names, in a temporary folder beside it. Each
size is a workspace of its own, filled by the command line as a user would; memory is the largest resident size of
any process of it (command, worker, decoding processes), as the operating system counts it. --tiny-model embeds
with a network of timm's own tests (random weights, 160 pixels a side) instead of EfficientNet-Lite0: the machinery
is the same, and 100,000 pictures take minutes. Other --key value pairs are parameters of `embed`.
"""

import argparse
import os
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.support.child import watched
from benchmarks.support.table import print_header, print_row
from benchmarks.support.timing import conditions, peak_mb


def main() -> None:
    """Print a table: kind, n, seconds, images a second, peak MB."""
    known, embed_options = _arguments()
    source = sorted(path for path in known.pictures.iterdir() if path.is_file())
    print(conditions())
    print_header("job", "n", "seconds", "images/s", "peak MB")
    for n in known.sizes:
        with tempfile.TemporaryDirectory(dir=known.pictures.parent, prefix="growth-") as temporary:
            folder, workspace = Path(temporary, "pictures"), Path(temporary, "workspace")
            fill(folder, source, n)
            options = [*embed_options, *(tiny_model(Path(temporary)) if known.tiny_model else [])]
            common = ["--workspace", workspace]
            steps = {
                "import": ["import", folder, *common, "--name", "grown"],
                "embed": ["run", "embed", *common, "--dataset", "grown", *options],
            }
            for kind in known.kinds:
                found = watched("-m", "jobs", *steps[kind])
                rate = n / found["seconds"]
                print_row(kind, f"{n:,}", f"{found['seconds']:.1f}", f"{rate:,.0f}", f"{found['peak_mb']:,.0f}")
    print(f"(this script itself: {peak_mb():,.0f} MB)")


def fill(folder: Path, source: list[Path], n: int) -> None:
    """`n` hard links to the files of `source`, under names of their own."""
    folder.mkdir()
    for number in range(n):
        original = source[number % len(source)]
        os.link(original, folder / f"{number:07d}{original.suffix}")


def tiny_model(folder: Path) -> list[str]:
    """Parameters of `embed` for a small network with random weights, written to `folder`."""
    import timm
    import torch

    torch.manual_seed(0)
    torch.save(timm.create_model("test_resnet", pretrained=False).state_dict(), folder / "tiny.pt")
    return ["--model", "timm/test_resnet", "--weights", str(folder / "tiny.pt")]


def _arguments() -> tuple[argparse.Namespace, list[str]]:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pictures", type=lambda text: Path(text).resolve(), required=True)
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 30_000, 100_000])
    parser.add_argument("--kinds", nargs="+", default=["import", "embed"])
    parser.add_argument("--tiny-model", action="store_true")
    return parser.parse_known_args()


if __name__ == "__main__":
    main()
