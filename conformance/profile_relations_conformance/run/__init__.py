"""Carries out a run: target or reference server, preflight, checks, replay and self-check."""
