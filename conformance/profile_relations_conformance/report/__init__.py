"""Views of a run: each is a pure function of the report document."""
