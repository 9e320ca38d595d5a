"""Signing, verifying and keeping keys: a library of its own that knows neither cards nor HTTP nor SQL."""
