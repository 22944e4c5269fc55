"""`python -m jobs COMMAND`: the door that has always been there. The command line itself is in cli/."""

import sys

from cli.main import main

if __name__ == "__main__":
    sys.exit(main())
