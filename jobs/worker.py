"""`python -m jobs.worker FOLDER`: the door that packed jobs name. The worker itself is in jobs/engine/."""

import sys
from pathlib import Path

from jobs.engine.worker import run

if __name__ == "__main__":
    sys.exit(run(Path(sys.argv[1])))
