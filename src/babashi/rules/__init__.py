"""Policies as rules: pure Python, no web framework, nothing that knows a particular policy."""
