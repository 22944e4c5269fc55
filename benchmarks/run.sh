#!/usr/bin/env bash
# Runs every benchmark, one after the other: benchmarks/run.sh PYTHON [--size tiny] [--pictures DIR] [--only NAME ...]
# Without DIR the demo's digits are used, whose figures are not those of benchmarks/README.md.
set -euo pipefail
exec "$1" "$(dirname "$0")/support/runs.py" "${@:2}"
