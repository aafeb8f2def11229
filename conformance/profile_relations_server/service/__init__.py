"""What the endpoint answers: from the bytes of a request to those of its reply, without HTTP."""
