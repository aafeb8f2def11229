"""How fast the pieces are, against what they are made of."""
