"""A reference server of the profile relations endpoint, for testing clients and the suite without an account."""
