"""The tools around the generator: they seal what it wrote and compare it with what is kept."""
