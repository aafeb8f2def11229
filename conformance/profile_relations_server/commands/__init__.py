"""The command `relations-server`: its options, and what each command does."""
