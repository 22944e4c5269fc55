#!/usr/bin/env bash
# Runs every benchmark, one after the other: benchmarks/run.sh PYTHON [DIR]
# DIR holds pictures; without one, the demo's digits are used, whose figures are not those of benchmarks/README.md.
set -euo pipefail
cd "$(dirname "$0")/.."
python=$1
pictures=${2:-${PICTURES:-workspace/demo/pictures/train/0}}
if [ ! -d "$pictures" ]; then
    echo "There is no folder $pictures: give one (PICTURES=DIR make bench), or run 'make demo' first." >&2
    exit 2
fi
step() { echo; echo "== $*"; "$@"; }
step "$python" benchmarks/import_scan.py --pictures "$pictures" ${CLEANVISION_PYTHON:+--cleanvision-python "$CLEANVISION_PYTHON"}
step "$python" benchmarks/large_photographs.py
step "$python" benchmarks/embedding.py --pictures "$pictures"
step "$python" benchmarks/growth.py --pictures "$pictures" --tiny-model
step "$python" benchmarks/overview.py
step "$python" benchmarks/projection.py
step "$python" benchmarks/neighbours.py
step "$python" benchmarks/explore_growth.py
step "$python" benchmarks/duplicates.py
step "$python" benchmarks/map.py --n 100000
step "$python" benchmarks/label_issues.py
step "$python" benchmarks/medoids.py --growth 10000,30000 ${SKLEARN_EXTRA_PYTHON:+--baseline-python "$SKLEARN_EXTRA_PYTHON"}
step "$python" benchmarks/review.py --n 100000
step "$python" benchmarks/comparison.py --pages 31848
step "$python" benchmarks/prompt_lab.py
step "$python" benchmarks/logistic.py
step "$python" benchmarks/export.py
step "$python" -m benchmarks.training --pictures "$pictures" --batches 2
step "$python" benchmarks/detection.py --pictures "$pictures" --model torchvision/fasterrcnn_mobilenet_v3_large_320_fpn
step "$python" benchmarks/detection.py --rows 200000 --script
