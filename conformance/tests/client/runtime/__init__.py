"""Tests of the client's runtime where it stands, before it is copied into the generated package."""
