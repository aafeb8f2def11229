"""The service over HTTP: the application, its limits, its pages, and the processes that serve it."""
