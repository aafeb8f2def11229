"""Runs the command `relations-server` where it is not installed as one."""

import sys

from profile_relations_server.cli import main

sys.exit(main())
