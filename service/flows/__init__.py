"""One use case a module; each owns its transaction."""
