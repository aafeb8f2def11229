"""Tests of the server's package `service`."""
