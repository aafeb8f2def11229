"""Tests of the reference server: its data, its rules, its choices, its faults, and its process."""
