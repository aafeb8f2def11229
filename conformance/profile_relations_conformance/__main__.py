"""Runs the command line as `python -m profile_relations_conformance`."""

import sys

from profile_relations_conformance.commands.main import main

sys.exit(main())
