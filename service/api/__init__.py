"""HTTP: decode, authorise, call one flow, encode."""
