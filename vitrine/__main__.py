"""`python -m vitrine COMMAND`: the same as `vitrine COMMAND`."""

import sys

from vitrine.command import main

if __name__ == "__main__":
    sys.exit(main())
