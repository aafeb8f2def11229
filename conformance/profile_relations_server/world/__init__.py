"""The world that is served: profiles and relations, read from a file, written to one, or made up."""
