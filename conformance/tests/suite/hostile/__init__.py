"""Tests of the suite against servers that mean harm."""
