"""Tests of the suite, the server, the client and the targets of the Makefile."""
