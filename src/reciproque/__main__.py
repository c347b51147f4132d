"""`python -m reciproque` is the same program as the `reciproque` command."""

import sys

from reciproque.config.cli import main

if __name__ == "__main__":
    sys.exit(main())
