"""What every generated client is made of, whatever its contract: `make generate` copies these modules into it.

They know nothing of one API. What does stands in `templates`.
"""
