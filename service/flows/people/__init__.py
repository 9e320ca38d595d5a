"""People and their bodies: holders, their work and record, institutions, and the accounts of who signs in."""
