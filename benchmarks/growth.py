"""Seconds and peak memory of import and embedding as the number of pictures grows.

    python benchmarks/growth.py --pictures DIR [--sizes 10000 30000 100000] [--kinds import embed] [--tiny-model]

Pictures are taken from DIR again and again, as hard links under new names, in a temporary folder beside it. Each
size is a workspace of its own, filled by the command line as a user would; memory is the largest resident size of
any process of it (command, worker, decoding processes), as the operating system counts it. --tiny-model embeds
with a network of timm's own tests (random weights, 160 pixels a side) instead of EfficientNet-Lite0: the machinery
is the same, and 100,000 pictures take minutes. Other --key value pairs are parameters of `embed`.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

PROJECT = Path(__file__).parent.parent


def measured(words: list[str]) -> dict[str, object]:
    """Run `python -m jobs WORDS` in a child that reports its family's peak memory; its JSON line, seconds and MB."""
    code = (
        "import json, resource, subprocess, sys\n"
        "words = [sys.executable, '-m', 'jobs', *sys.argv[1:]]\n"
        "done = subprocess.run(words, stdout=subprocess.PIPE, text=True, check=True)\n"
        "peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss\n"
        "print(json.dumps({'line': json.loads(done.stdout.splitlines()[-1]), 'peak_mb': peak / 1024}))\n"
    )
    began = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-c", code, *words], cwd=PROJECT, stdout=subprocess.PIPE, text=True, check=True
    )
    return {**json.loads(done.stdout), "seconds": time.monotonic() - began}


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


def main() -> None:
    """Print a table: kind, n, seconds, images a second, peak MB."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pictures", type=Path, required=True)
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 30_000, 100_000])
    parser.add_argument("--kinds", nargs="+", default=["import", "embed"])
    parser.add_argument("--tiny-model", action="store_true")
    known, embed_options = parser.parse_known_args()
    source = sorted(path for path in known.pictures.iterdir() if path.is_file())
    print(f"{'kind':<8} {'n':>8} {'seconds':>9} {'images/s':>9} {'peak MB':>8}")
    for n in known.sizes:
        with tempfile.TemporaryDirectory(dir=known.pictures.parent.parent, prefix="growth-") as temporary:
            folder, workspace = Path(temporary, "pictures"), Path(temporary, "workspace")
            fill(folder, source, n)
            options = [*embed_options, *(tiny_model(Path(temporary)) if known.tiny_model else [])]
            common = ["--workspace", str(workspace)]
            steps = {
                "import": ["import", str(folder), *common, "--name", "grown"],
                "embed": ["run", "embed", *common, "--dataset", "grown", *options],
            }
            for kind in known.kinds:
                found = measured(steps[kind])
                rate = n / found["seconds"]
                print(f"{kind:<8} {n:>8,} {found['seconds']:>9.1f} {rate:>9.0f} {found['peak_mb']:>8.0f}", flush=True)
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"(this script itself: {own:.0f} MB)")


if __name__ == "__main__":
    main()
