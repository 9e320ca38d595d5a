"""Check cards: by code, by number and name, with the register or with a bundle alone."""
