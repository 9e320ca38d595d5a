"""Tables, queries and migrations; the constraints are the invariants."""
