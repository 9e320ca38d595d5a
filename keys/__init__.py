"""Keys and signatures: suites, envelopes, keyring, rotation, the key document, the vault and field encryption.

A library of its own: it knows neither the service nor what the payloads mean, and touches nothing outside it but
the vault's files. Time and randomness come in as arguments.
"""
