"""Signing keys, and the passphrases of vault and root key."""
