"""Runs the command `relations-server` where it is not installed as one."""

import sys

from profile_relations_server.commands.main import main

sys.exit(main())
