"""Tests of the suite's package of this name."""
