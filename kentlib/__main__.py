"""`python -m kentlib` is the `kentlib` command."""

import sys

from kentlib.cli import main

sys.exit(main())
