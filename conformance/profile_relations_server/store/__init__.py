"""Where a world is kept, and the questions that it is asked."""
