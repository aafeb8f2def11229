"""Runs the command line as `python -m profile_relations_conformance`."""

import sys

from profile_relations_conformance.cli import main

sys.exit(main())
