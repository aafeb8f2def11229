"""Calls for the type checkers; nobody runs them."""
