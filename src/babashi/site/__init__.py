"""The web site: settings, addresses, base templates, look, and the processes that run it."""
