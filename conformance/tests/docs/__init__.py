"""Tests of the pages for people: what they name exists, and what they print runs."""
