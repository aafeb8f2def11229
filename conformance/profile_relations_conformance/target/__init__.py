"""What the tester knows of the server under test, and how it is kept out of what is written."""
