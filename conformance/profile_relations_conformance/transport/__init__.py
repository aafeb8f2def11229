"""One request and its reply: sent, bounded and recorded."""
