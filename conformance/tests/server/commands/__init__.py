"""Tests of the server's package `commands`."""
