"""Tests of the suite: of what it asks, how it judges, and what its command line does."""
